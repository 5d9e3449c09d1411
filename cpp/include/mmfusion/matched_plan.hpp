// The matched solver: BM3D of each map (Dabov, Foi, Katkovnik & Egiazarian, doi
// 10.1109/TIP.2007.901238) with blocks that are matched in the HAADF image.
#pragma once

#include <memory>
#include <vector>

#include "mmfusion/solver.hpp"

namespace mmfusion {

struct MatchedTerms {
    std::vector<float> counts;  // that one unit of each map makes
    float haadf_counts = 1.0F;  // that one unit of the HAADF image makes
    float haadf_dark = 0.0F;    // counts where it is 0
    float strength = 1.0F;      // the noise, as a multiple of that of counts
};

class MatchedSolver : public Solver {
public:
    using Solver::step;
    // The same, but an iteration can take long: it ends soon once `stop` is set. Whether it is
    // complete; if not, nothing is written, and the next call goes on with it.
    virtual bool step(const StopFlag* stop, Costs& costs, float* maps, float* haadf) = 0;
};

// Maps are made of counts with Poisson noise, which the transform of Anscombe turns into noise of
// variance 1. So is the HAADF image. There blocks of 8 x 8 pixels are matched with those nearby
// that differ least: the same for all maps. The first iteration thresholds the transform of each
// group of blocks, the second attenuates it as Wiener's filter for the first estimate does. The
// exact unbiased inverse of the transform leads back (Makitalo & Foi, doi
// 10.1109/TIP.2010.2056693).
//
// What is measured in masked pixels, which must be a guess, is replaced by the first estimate in
// the second iteration. Of the options of the problem only `threads` and `abandon` have an effect.
// The costs describe the estimates, none of which minimises them: || sum_i w_i x_i - h ||^2 / 2,
// the sum of KL(counts, x_i + 1e-3) over pixels not masked, and that of the total variations.
//
// `run` and `finish` end soon, too, once their flag is set: an iteration that is not complete does
// not count.
//
// Allocates 2 n + 3 images, 4 n + 1 small ones, and for each pixel 15 bytes for the matches. Throws
// std::invalid_argument if the problem is invalid or an image has a side below 8 pixels.
std::unique_ptr<MatchedSolver> make_matched_plan(FusionProblem problem, MatchedTerms terms);

}  // namespace mmfusion
