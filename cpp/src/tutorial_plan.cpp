#include "mmfusion/tutorial_plan.hpp"

#include "aligned_buffer.hpp"
#include "fusion_start.hpp"
#include "tutorial_sweep.hpp"
#include "validate.hpp"

namespace mmfusion {
namespace {

// After k iterations `present_` holds the images whose TV steps give the maps x_k, and `next_`
// those the next iteration starts from: x_k after its gradient step.
class TutorialPlan final : public Solver {
public:
    explicit TutorialPlan(FusionProblem problem)
        : problem_((require_valid(problem), std::move(problem))),
          pool_(threads_for<TutorialTile>(problem_, tv_settings())),
          present_(make_buffer(problem_.values())),
          next_(make_buffer(problem_.values())),
          sweep_(problem_, tv_settings(), pool_) {
        write_start(problem_, pool_, present_.get());
        TutorialSweep first(problem_, TvSettings{}, pool_);
        first.run({.source = present_.get(), .next = next_.get()}, true);
    }

    int run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop) override {
        return advance({.first = next_.get(), .second = present_.get(), .passes = n_iter}, costs,
                       stop);
    }

    Costs step(float* maps, float* haadf) override {
        require_not_taken();
        const Costs costs = sweep_.run(
            {.source = next_.get(), .maps = maps, .haadf = haadf, .next = present_.get()}, true);
        present_.swap(next_);
        started_ = true;
        return costs;
    }

    std::shared_ptr<float> finish(int n_iter, std::vector<Costs>& costs, const StopFlag* stop,
                                  float* haadf) override {
        const int done = advance({.first = next_.get(),
                                  .second = present_.get(),
                                  .passes = n_iter,
                                  .ends_in_maps = true,
                                  .haadf = haadf},
                                 costs, stop);
        if (done == 0 || done < n_iter) {
            make_maps(haadf);
        }
        present_.reset();
        return share(std::move(next_));
    }

    [[nodiscard]] bool has_settled() const noexcept override { return false; }
    [[nodiscard]] double step_length() const noexcept override { return 1.0; }
    [[nodiscard]] const FusionProblem& problem() const noexcept override { return problem_; }

private:
    [[nodiscard]] TvSettings tv_settings() const noexcept {
        const FusionOptions& options = problem_.options;
        return {.weight = options.lambda_tv, .n_iter = options.n_iter_tv, .kind = options.tv};
    }

    int advance(const PassSequence& sequence, std::vector<Costs>& costs, const StopFlag* stop) {
        require_not_taken();
        const std::int64_t done = sweep_.run(sequence, costs, stop);
        if (done % 2 == 1) {
            present_.swap(next_);
        }
        started_ = started_ || done > 0;
        return static_cast<int>(done);
    }

    // From the present images into `next_`.
    void make_maps(float* haadf) {
        const PassImages images{.source = present_.get(), .maps = next_.get(), .haadf = haadf};
        if (started_) {
            sweep_.run(images, false);
        } else {
            TutorialSweep(problem_, TvSettings{}, pool_).run(images, false);
        }
    }

    void require_not_taken() const {
        require(present_ != nullptr, "the maps were taken; make a new plan");
    }

    FusionProblem problem_;
    ThreadPool pool_;
    AlignedBuffer present_;
    AlignedBuffer next_;
    TutorialSweep sweep_;
    bool started_ = false;
};

}  // namespace

std::unique_ptr<Solver> make_tutorial_plan(FusionProblem problem) {
    return std::make_unique<TutorialPlan>(std::move(problem));
}

}  // namespace mmfusion
