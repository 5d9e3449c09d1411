// What every solver of a fusion problem does.
#pragma once

#include <memory>
#include <vector>

#include "mmfusion/fusion_problem.hpp"
#include "mmfusion/stop_flag.hpp"

namespace mmfusion {

// A solver allocates its memory when it is created and nothing of the size of an image afterwards.
// The images of its problem must outlive it. Only one thread at a time may use it.
class Solver {
public:
    Solver() = default;
    virtual ~Solver() = default;
    Solver(const Solver&) = delete;
    Solver& operator=(const Solver&) = delete;

    // Runs up to n_iter iterations and appends their costs. Starts no further iteration once `stop`
    // is set or the maps have settled. Returns the number of iterations done.
    virtual int run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop) = 0;

    // Runs one iteration. Writes its maps (n images, one after another) and its model of the HAADF
    // image, sum_i w_i x_i^gamma, unless these pointers are null.
    virtual Costs step(float* maps, float* haadf) = 0;

    // Runs like `run`, then hands over the maps in the solver's own memory and writes their model
    // of the HAADF image. No iteration can follow.
    virtual std::shared_ptr<float> finish(int n_iter, std::vector<Costs>& costs,
                                          const StopFlag* stop, float* haadf) = 0;

    // Whether further iterations would gain nothing; always false for a fixed schedule.
    [[nodiscard]] virtual bool has_settled() const noexcept = 0;
    // Length of the next gradient step.
    [[nodiscard]] virtual double step_length() const noexcept = 0;
    [[nodiscard]] virtual const FusionProblem& problem() const noexcept = 0;
};

}  // namespace mmfusion
