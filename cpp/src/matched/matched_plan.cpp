#include "mmfusion/matched_plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "aligned_buffer.hpp"
#include "fusion_start.hpp"
#include "kernels/block_kernels.hpp"
#include "matched/anscombe.hpp"
#include "matched/block_matching.hpp"
#include "matched/group_filter.hpp"
#include "matched/measured_counts.hpp"
#include "mmfusion/tv.hpp"
#include "thread_pool.hpp"
#include "validate.hpp"

namespace mmfusion {
namespace {

constexpr int estimates = 2;
// Rows of pixels in which the groups of a band begin. What they add to reaches less than half as
// far to either side, so every other band can be added at the same time.
constexpr std::int64_t band_rows = 48;
static_assert(band_rows >= 2 * search_reach + block_side);
// Maps that are filtered at the same time, in pixels.
constexpr std::int64_t pixels_at_a_time = std::int64_t{1} << 22U;

// An odd number of cache lines, so that the rows of a block do not compete for the same ones.
std::int64_t stride_for(std::int64_t columns) {
    constexpr std::int64_t line = 16;
    return ((columns + line - 1) / line | 1) * line;
}

class MatchedPlan final : public MatchedSolver {
public:
    MatchedPlan(FusionProblem problem, MatchedTerms terms)
        : measured_(std::move(problem), std::move(terms)),
          problem_(measured_.problem()),
          stride_(stride_for(problem_.shape.columns)),
          image_size_(stride_ * problem_.shape.rows),
          matches_(problem_.shape),
          pool_(static_cast<int>(
              std::clamp<std::int64_t>(matches_.rows().size(), 1, problem_.options.threads))),
          at_a_time_(std::clamp<std::int64_t>(pixels_at_a_time / problem_.shape.pixels(), 1,
                                              problem_.map_count())),
          estimates_(make_buffer(problem_.map_count() * image_size_)),
          next_estimates_(make_buffer(problem_.map_count() * image_size_)),
          noisy_(make_buffer(at_a_time_ * image_size_)),
          weights_(make_buffer(at_a_time_ * image_size_)),
          filters_(static_cast<std::size_t>(pool_.size())) {}

    int run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop) override {
        require_not_taken();
        int done = 0;
        while (done < n_iter && !has_settled() && iterate(stop)) {
            costs.push_back(costs_);
            ++done;
        }
        return done;
    }

    Costs step(float* maps, float* haadf) override {
        Costs costs;
        step(nullptr, costs, maps, haadf);
        return costs;
    }

    bool step(const StopFlag* stop, Costs& costs, float* maps, float* haadf) override {
        require_not_taken();
        if (!has_settled() && !iterate(stop)) {
            return false;
        }
        costs = costs_;
        if (maps != nullptr) {
            write_maps(maps, problem_.shape.columns);
        }
        write_model(haadf, problem_.shape.columns);
        return true;
    }

    std::shared_ptr<float> finish(int n_iter, std::vector<Costs>& costs, const StopFlag* stop,
                                  float* haadf) override {
        run(n_iter, costs, stop);
        write_model(haadf, problem_.shape.columns);
        // The pass is over, so its memory is free for the maps without gaps between their rows.
        write_maps(next_estimates_.get(), problem_.shape.columns);
        estimates_.reset();
        return share(std::move(next_estimates_));
    }

    [[nodiscard]] bool has_settled() const noexcept override { return done_ == estimates; }
    [[nodiscard]] double step_length() const noexcept override { return 1.0; }
    [[nodiscard]] const FusionProblem& problem() const noexcept override { return problem_; }

private:
    // Computes the next estimate unless it is told to end before it is complete.
    bool iterate(const StopFlag* stop) {
        const auto must_end = [&] {
            return problem_.options.is_abandoned() || (stop != nullptr && stop->is_set());
        };
        if (!has_matches_) {
            for_rows(1, must_end, [&](std::int64_t, std::int64_t row) {
                measured_.transform_haadf(row, noisy_.get() + row * stride_);
            });
            matches_.find(noisy_.get(), stride_, pool_, must_end);
            has_matches_ = !must_end();
        }
        while (!must_end() && estimated_ < problem_.map_count()) {
            const std::int64_t last = std::min(estimated_ + at_a_time_, problem_.map_count());
            estimate(estimated_, last, must_end);
            estimated_ = must_end() ? estimated_ : last;
        }
        if (must_end()) {
            return false;
        }
        estimated_ = 0;
        estimates_.swap(next_estimates_);
        ++done_;
        costs_ = sum_costs();
        return true;
    }

    // The next estimates of the maps from `first` to `last` - 1.
    template <class MustEnd>
    void estimate(std::int64_t first, std::int64_t last, const MustEnd& must_end) {
        for_rows(last - first, must_end, [&](std::int64_t slot, std::int64_t row) {
            const GroupPass pass = pass_over(first + slot, slot);
            const std::int64_t start = row * stride_;
            const float* guess = done_ == 0 ? nullptr : row_of(estimates_.get(), first + slot, row);
            measured_.transform_map(first + slot, row, guess, row_of(noisy_.get(), slot, row));
            std::fill_n(pass.weights + start, stride_, 0.0F);
            std::fill_n(pass.sums + start, stride_, 0.0F);
        });
        const std::int64_t bands = (problem_.shape.rows + band_rows - 1) / band_rows;
        for (std::int64_t parity = 0; parity < 2; ++parity) {
            const std::int64_t count = (bands + 1 - parity) / 2;
            pool_.run((last - first) * count, [&](std::int64_t task, int worker) {
                const std::int64_t slot = task / count;
                add_band(pass_over(first + slot, slot), 2 * (task % count) + parity,
                         filters_[static_cast<std::size_t>(worker)], must_end);
            });
        }
        for_rows(last - first, must_end, [&](std::int64_t slot, std::int64_t row) {
            divide_by_weights(pass_over(first + slot, slot), problem_.shape, row);
        });
    }

    [[nodiscard]] GroupPass pass_over(std::int64_t map, std::int64_t slot) const {
        return {.matches = &matches_,
                .noisy = noisy_.get() + slot * image_size_,
                .pilot = done_ == 0 ? nullptr : estimates_.get() + map * image_size_,
                .stride = stride_,
                .strength = measured_.terms().strength,
                .sums = next_estimates_.get() + map * image_size_,
                .weights = weights_.get() + slot * image_size_};
    }

    template <class MustEnd>
    void add_band(const GroupPass& pass, std::int64_t band, GroupFilter& filter,
                  const MustEnd& must_end) const {
        for (std::int64_t row = 0; row < matches_.rows().size() && !must_end(); ++row) {
            if (matches_.rows().start(row) / band_rows == band) {
                filter.add_row(pass, row);
            }
        }
    }

    // Calls body(map, row) for each row of so many maps.
    template <class MustEnd, class Body>
    void for_rows(std::int64_t maps, const MustEnd& must_end, const Body& body) {
        const std::int64_t rows = problem_.shape.rows;
        pool_.run(maps * rows, [&](std::int64_t task, int) {
            if (!must_end()) {
                body(task / rows, task % rows);
            }
        });
    }
    template <class Body>
    void for_rows(std::int64_t maps, const Body& body) {
        for_rows(maps, [] { return false; }, body);
    }

    [[nodiscard]] float* row_of(float* images, std::int64_t image, std::int64_t row) const {
        return images + image * image_size_ + row * stride_;
    }

    // The present estimates in units of the maps; without one, the measured maps.
    void write_maps(float* maps, std::int64_t stride) {
        const std::int64_t rows = problem_.shape.rows;
        for_rows(problem_.map_count(), [&](std::int64_t map, std::int64_t row) {
            measured_.invert_map(map, row, present(map, row), maps + (map * rows + row) * stride);
        });
    }

    [[nodiscard]] const float* present(std::int64_t map, std::int64_t row) const {
        return done_ == 0 ? nullptr : row_of(estimates_.get(), map, row);
    }

    void write_model(float* haadf, std::int64_t stride) {
        if (haadf == nullptr) {
            return;
        }
        for_rows(1, [&](std::int64_t, std::int64_t row) {
            std::vector<float> map_row(static_cast<std::size_t>(problem_.shape.columns));
            float* model = haadf + row * stride;
            std::fill_n(model, problem_.shape.columns, 0.0F);
            for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
                measured_.invert_map(map, row, present(map, row), map_row.data());
                const float weight = problem_.maps[static_cast<std::size_t>(map)].weight;
                for (std::int64_t x = 0; x < problem_.shape.columns; ++x) {
                    model[x] += weight * map_row[static_cast<std::size_t>(x)];
                }
            }
        });
    }

    // Of the present estimates; what the pass has left in other memory is lost.
    Costs sum_costs() {
        const std::int64_t columns = problem_.shape.columns;
        std::vector<Costs> of_rows(static_cast<std::size_t>(problem_.shape.rows));
        write_model(weights_.get(), columns);
        write_maps(next_estimates_.get(), columns);
        for_rows(1, [&](std::int64_t, std::int64_t row) {
            of_rows[static_cast<std::size_t>(row)] =
                measured_.costs_of_row(row, weights_.get(), next_estimates_.get());
        });
        Costs sum;
        for (const Costs& row : of_rows) {  // in their order, for any number of threads
            sum.haadf += row.haadf;
            sum.chem += row.chem;
        }
        for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
            sum.tv += tv_norm(next_estimates_.get() + problem_.start_of_map(map), problem_.shape,
                              TvKind::isotropic);
        }
        return sum;
    }

    void require_not_taken() const {
        require(estimates_ != nullptr, "the maps were taken; make a new plan");
    }

    MeasuredCounts measured_;
    const FusionProblem& problem_;
    std::int64_t stride_;
    std::int64_t image_size_;
    BlockMatches matches_;
    ThreadPool pool_;
    std::int64_t at_a_time_;
    AlignedBuffer estimates_;  // of transformed maps
    AlignedBuffer next_estimates_;
    AlignedBuffer noisy_;  // transformed maps of one pass
    AlignedBuffer weights_;
    std::vector<GroupFilter> filters_;  // one per thread
    Costs costs_;
    int done_ = 0;                // iterations
    std::int64_t estimated_ = 0;  // maps in the iteration under way
    bool has_matches_ = false;
};

}  // namespace

std::unique_ptr<MatchedSolver> make_matched_plan(FusionProblem problem, MatchedTerms terms) {
    return std::make_unique<MatchedPlan>(std::move(problem), std::move(terms));
}

}  // namespace mmfusion
