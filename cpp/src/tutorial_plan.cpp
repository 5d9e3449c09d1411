#include "mmfusion/tutorial_plan.hpp"

#include "aligned_buffer.hpp"
#include "fusion_start.hpp"
#include "tutorial_sweep.hpp"
#include "validate.hpp"

namespace mmfusion {
namespace {

TvSettings tv_settings(const FusionOptions& options) {
    return {options.lambda_tv, options.n_iter_tv, options.tv, true, false};
}

}  // namespace

// After k iterations `present_` holds the images whose TV steps give the maps x_k, and `next_`
// those the next iteration starts from: x_k after its gradient step.
class TutorialPlan::Implementation {
public:
    explicit Implementation(FusionProblem problem)
        : problem_((require_valid(problem), std::move(problem))),
          pool_(threads_for<TutorialTile>(problem_, tv_settings(problem_.options))),
          present_(make_buffer(problem_.map_count() * problem_.shape.pixels())),
          next_(make_buffer(problem_.map_count() * problem_.shape.pixels())),
          sweep_(problem_, tv_settings(problem_.options), pool_) {
        write_start(problem_, pool_, present_.get());
        TutorialSweep first(problem_, TvSettings{}, pool_);
        first.run({present_.get(), nullptr, nullptr, next_.get()}, true);
    }

    int run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop) {
        return advance({next_.get(), present_.get(), n_iter, false, nullptr}, costs, stop);
    }

    Costs step(float* maps, float* haadf) {
        require_not_taken();
        const Costs costs = sweep_.run({next_.get(), maps, haadf, present_.get()}, true);
        present_.swap(next_);
        started_ = true;
        return costs;
    }

    std::shared_ptr<float> finish(int n_iter, std::vector<Costs>& costs, const StopFlag* stop,
                                  float* haadf) {
        const int done = advance({next_.get(), present_.get(), n_iter, true, haadf}, costs, stop);
        if (done == 0 || done < n_iter) {
            make_maps(haadf);
        }
        present_.reset();
        return shared(std::move(next_));
    }

    [[nodiscard]] const FusionProblem& problem() const noexcept { return problem_; }

private:
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
        const PassImages images{present_.get(), next_.get(), haadf, nullptr};
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

TutorialPlan::TutorialPlan(FusionProblem problem)
    : implementation_(std::make_unique<Implementation>(std::move(problem))) {}

TutorialPlan::~TutorialPlan() = default;

int TutorialPlan::run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop) {
    return implementation_->run(n_iter, costs, stop);
}

Costs TutorialPlan::step(float* maps, float* haadf) { return implementation_->step(maps, haadf); }

std::shared_ptr<float> TutorialPlan::finish(int n_iter, std::vector<Costs>& costs,
                                            const StopFlag* stop, float* haadf) {
    return implementation_->finish(n_iter, costs, stop, haadf);
}

Shape TutorialPlan::shape() const noexcept { return implementation_->problem().shape; }

std::int64_t TutorialPlan::map_count() const noexcept {
    return implementation_->problem().map_count();
}

}  // namespace mmfusion
