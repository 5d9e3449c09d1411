// The converged solver: monotone accelerated proximal gradient on the whole objective
// Phi = lambda_H Psi_1 + lambda_chem Psi_2 + lambda_TV Psi_3.
#pragma once

#include <memory>
#include <vector>

#include "mmfusion/fusion_problem.hpp"
#include "mmfusion/stop_flag.hpp"

namespace mmfusion {

// Each iteration takes a gradient step of length t from extrapolated maps and `n_iter_tv` TV steps
// of weight t lambda_TV from the dual reached so far. Maps that would raise Phi are not accepted:
// the iteration is taken again without extrapolation, then with shorter steps. (Function-value
// restart after O'Donoghue & Candes, doi 10.1007/s10208-013-9150-3; monotone scheme after Beck &
// Teboulle, doi 10.1109/TIP.2009.2028250.)
//
// A plan allocates 7 n + 2 images when it is made. One thread at a time may use it.
class ConvergedPlan {
public:
    // Settled are maps once three iterations in turn each lowered Phi by less than `tolerance`
    // times its size, or once no step lowers it at all.
    ConvergedPlan(FusionProblem problem, double tolerance);
    ~ConvergedPlan();
    ConvergedPlan(const ConvergedPlan&) = delete;
    ConvergedPlan& operator=(const ConvergedPlan&) = delete;

    // Runs up to n_iter iterations and appends their costs; starts no other once `stop` is set or
    // the maps have settled. Returns how many were done.
    int run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop = nullptr);

    // One iteration; copies its maps and its model of the HAADF image where these are not null.
    Costs step(float* maps, float* haadf);

    // Runs like `run` and ends the plan: hands over the maps, and their model to `haadf`.
    std::shared_ptr<float> finish(int n_iter, std::vector<Costs>& costs, const StopFlag* stop,
                                  float* haadf);

    [[nodiscard]] bool has_settled() const noexcept;
    // Length t of the next gradient step.
    [[nodiscard]] double step_length() const noexcept;
    [[nodiscard]] Shape shape() const noexcept;
    [[nodiscard]] std::int64_t map_count() const noexcept;

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace mmfusion
