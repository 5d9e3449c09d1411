// The guided solver: directional total variation, Poisson data and a linear HAADF model.
//
//   min  sum_i d_i sum KL(c_i, x_i + e_i)  +  mu / 2 || sum_i w_i x_i - h ||^2
//        + lambda sum_i sqrt(d_i) sum | (I - xi xi^T) grad x_i |,      0 <= x_i <= largest_i
//
// with KL(c, u) = u - c + c log(c / u), the doses d_i, relative to their mean, and the guide xi
// from the HAADF image (Ehrhardt & Betcke, doi 10.1137/15M1047325).
#pragma once

#include <memory>
#include <vector>

#include "mmfusion/solver.hpp"
#include "mmfusion/tv.hpp"

namespace mmfusion {

struct GuidedMap {
    float dose = 1.0F;         // counts in one unit of the map, relative to the mean of all maps
    float background = 1e-3F;  // e_i
    float largest = 1.0F;
};

struct GuidedTerms {
    GuideView guide;
    std::vector<GuidedMap> maps;
    // The maps have settled once the duality gap is at most this part of the objective.
    double tolerance = 1e-3;
};

class GuidedSolver : public Solver {
public:
    // Relative duality gap of the present maps; infinite before the first iteration. The objective
    // is above its minimum by at most this part of it.
    [[nodiscard]] virtual double gap() const noexcept = 0;
    // Replaces the weights w_i, the number that is subtracted from the measured HAADF image, and
    // the tolerance. Iterations go on from the present maps.
    virtual void set_model(const std::vector<float>& weights, float haadf_offset,
                           double tolerance) = 0;
    // Writes n images.
    virtual void copy_maps(float* maps) const = 0;
};

// Of the options of the problem, mu is `lambda_haadf` and lambda is `lambda_tv`; the others but the
// threads have no effect. The primal-dual hybrid gradient method of Chambolle & Pock (doi
// 10.1007/s10851-010-0251-1), over-relaxed, with the proximal operator of the Poisson term in
// closed form. An iteration consists of 40 of its steps, in two sweeps over the rows. The costs are
// || sum_i w_i x_i - h ||^2 / 2 and the other two sums above.
//
// Allocates 6 n + 3 images; those of the guide must outlive the solver. Throws
// std::invalid_argument if the problem is invalid.
std::unique_ptr<GuidedSolver> make_guided_plan(FusionProblem problem, GuidedTerms terms);

}  // namespace mmfusion
