// The tutorial's fusion schedule, planned once and executed iteration by iteration.
#pragma once

#include <memory>
#include <vector>

#include "mmfusion/fusion_problem.hpp"
#include "mmfusion/stop_flag.hpp"

namespace mmfusion {

// A plan allocates 2 n images when it is made and nothing of their size afterwards. The images it
// is given must outlive it. One thread at a time may use it.
class TutorialPlan {
public:
    explicit TutorialPlan(FusionProblem problem);
    ~TutorialPlan();
    TutorialPlan(const TutorialPlan&) = delete;
    TutorialPlan& operator=(const TutorialPlan&) = delete;

    // Runs up to n_iter iterations and appends their costs; starts no other once `stop` is set.
    // Returns how many were done.
    int run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop = nullptr);

    // One iteration. Writes its maps (n images, one after another) and its model of the HAADF
    // image, sum_i w_i x_i^gamma, where these pointers are not null.
    Costs step(float* maps, float* haadf);

    // Runs up to n_iter iterations like `run` and ends the plan: the maps reached move into the
    // plan's own memory, which is handed over, and their model of the HAADF image to `haadf`.
    std::shared_ptr<float> finish(int n_iter, std::vector<Costs>& costs, const StopFlag* stop,
                                  float* haadf);

    [[nodiscard]] Shape shape() const noexcept;
    [[nodiscard]] std::int64_t map_count() const noexcept;

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace mmfusion
