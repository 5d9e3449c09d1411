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
// Maps whose memory for one pass is kept at the same time, in pixels.
constexpr std::int64_t pixels_at_a_time = std::int64_t{1} << 22U;
constexpr double background = 1e-3;  // of a map, in the costs

void require_valid(const FusionProblem& problem, const MatchedTerms& terms) {
    require_valid(problem);
    require(problem.shape.rows >= block_side && problem.shape.columns >= block_side,
            "the matched solver needs images of at least 8 x 8 pixels");
    require(terms.counts.size() == problem.maps.size(), "every map needs its counts");
    constexpr float most = 1e9F;
    for (const float counts : terms.counts) {
        require_between("counts", counts, 1.0F / most, most);
    }
    require_between("haadf_counts", terms.haadf_counts, 1.0F / most, most);
    require_between("haadf_dark", terms.haadf_dark, -most, most);
    require_between("strength", terms.strength, 0.0F, most);
}

class MatchedPlan final : public Solver {
public:
    MatchedPlan(FusionProblem problem, MatchedTerms terms)
        : problem_((require_valid(problem, terms), std::move(problem))),
          terms_(std::move(terms)),
          matches_(problem_.shape),
          pool_(static_cast<int>(
              std::clamp<std::int64_t>(matches_.rows().size(), 1, problem_.options.threads))),
          at_a_time_(std::clamp<std::int64_t>(pixels_at_a_time / problem_.shape.pixels(), 1,
                                              problem_.map_count())),
          estimates_(make_buffer(problem_.values())),
          next_estimates_(make_buffer(problem_.values())),
          noisy_(make_buffer(at_a_time_ * problem_.shape.pixels())),
          weights_(make_buffer(at_a_time_ * problem_.shape.pixels())),
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
        require_not_taken();
        if (!has_settled()) {
            iterate(nullptr);
        }
        if (maps != nullptr) {
            write_maps(maps);
        }
        write_model(haadf);
        return costs_;
    }

    std::shared_ptr<float> finish(int n_iter, std::vector<Costs>& costs, const StopFlag* stop,
                                  float* haadf) override {
        run(n_iter, costs, stop);
        write_model(haadf);
        write_maps(estimates_.get());
        return share(std::move(estimates_));
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
        if (done_ == 0 && !has_matches_) {
            find_matches(must_end);
            has_matches_ = !must_end();
        }
        for (std::int64_t map = 0; map < problem_.map_count() && !must_end(); map += at_a_time_) {
            estimate(map, std::min(map + at_a_time_, problem_.map_count()), must_end);
        }
        if (must_end()) {
            return false;
        }
        estimates_.swap(next_estimates_);
        ++done_;
        costs_ = sum_costs();
        return true;
    }

    template <class MustEnd>
    void find_matches(const MustEnd& must_end) {
        const float dark = terms_.haadf_dark;
        for_rows(1, must_end, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
            for (std::int64_t at = begin; at < end; ++at) {
                noisy_[at] = anscombe(terms_.haadf_counts * scaled(problem_.haadf, at) + dark);
            }
        });
        matches_.find(noisy_.get(), pool_, must_end);
    }

    // The next estimates of the maps from `first` to `last` - 1.
    template <class MustEnd>
    void estimate(std::int64_t first, std::int64_t last, const MustEnd& must_end) {
        const std::int64_t pixels = problem_.shape.pixels();
        for_rows(last - first, must_end,
                 [&](std::int64_t map, std::int64_t begin, std::int64_t end) {
                     for (std::int64_t at = begin; at < end; ++at) {
                         noisy_[map * pixels + at] = transformed(first + map, at);
                     }
                     std::fill_n(weights_.get() + map * pixels + begin, end - begin, 0.0F);
                     std::fill_n(next_estimates_.get() + (first + map) * pixels + begin,
                                 end - begin, 0.0F);
                 });
        const std::int64_t bands = (problem_.shape.rows + band_rows - 1) / band_rows;
        for (std::int64_t parity = 0; parity < 2; ++parity) {
            const std::int64_t count = (bands + 1 - parity) / 2;
            pool_.run((last - first) * count, [&](std::int64_t task, int worker) {
                const std::int64_t map = task / count;
                const std::int64_t band = 2 * (task % count) + parity;
                add_band(first + map, map, band, filters_[static_cast<std::size_t>(worker)],
                         must_end);
            });
        }
        for_rows(last - first, must_end,
                 [&](std::int64_t map, std::int64_t begin, std::int64_t end) {
                     float* sums = next_estimates_.get() + (first + map) * pixels;
                     for (std::int64_t at = begin; at < end; ++at) {
                         sums[at] /= weights_[map * pixels + at];
                     }
                 });
    }

    template <class MustEnd>
    void add_band(std::int64_t map, std::int64_t slot, std::int64_t band, GroupFilter& filter,
                  const MustEnd& must_end) {
        const std::int64_t pixels = problem_.shape.pixels();
        const GroupPass pass{
            .matches = &matches_,
            .noisy = noisy_.get() + slot * pixels,
            .pilot = done_ == 0 ? nullptr : estimates_.get() + problem_.start_of_map(map),
            .columns = problem_.shape.columns,
            .strength = terms_.strength,
            .sums = next_estimates_.get() + problem_.start_of_map(map),
            .weights = weights_.get() + slot * pixels};
        for (std::int64_t row = 0; row < matches_.rows().size() && !must_end(); ++row) {
            if (matches_.rows().start(row) / band_rows == band) {
                filter.add_row(pass, row);
            }
        }
    }

    // Calls body(map, begin, end) for each row of so many maps; begin and end are pixels.
    template <class MustEnd, class Body>
    void for_rows(std::int64_t maps, const MustEnd& must_end, const Body& body) {
        const auto [rows, columns] = problem_.shape;
        pool_.run(maps * rows, [&](std::int64_t task, int) {
            if (!must_end()) {
                const std::int64_t begin = task % rows * columns;
                body(task / rows, begin, begin + columns);
            }
        });
    }

    [[nodiscard]] static float scaled(const ScaledImage& image, std::int64_t at) noexcept {
        return (image.data[at] - image.offset) * image.factor;
    }

    [[nodiscard]] float measured(std::int64_t map, std::int64_t at) const noexcept {
        return std::max(scaled(problem_.maps[static_cast<std::size_t>(map)].image, at), 0.0F);
    }

    [[nodiscard]] bool is_masked(std::int64_t at) const noexcept {
        return problem_.mask != nullptr && problem_.mask[at] == 0.0F;
    }

    [[nodiscard]] float transformed(std::int64_t map, std::int64_t at) const noexcept {
        if (done_ > 0 && is_masked(at)) {
            return estimates_[problem_.start_of_map(map) + at];
        }
        return anscombe(terms_.counts[static_cast<std::size_t>(map)] * measured(map, at));
    }

    // The present estimate, in units of the map.
    [[nodiscard]] float value(std::int64_t map, std::int64_t at) const noexcept {
        if (done_ == 0) {
            return measured(map, at);
        }
        return inverse_anscombe(estimates_[problem_.start_of_map(map) + at]) /
               terms_.counts[static_cast<std::size_t>(map)];
    }

    // `maps` may be the memory of the estimates.
    void write_maps(float* maps) {
        for_rows(
            problem_.map_count(), [] { return false; },
            [&](std::int64_t map, std::int64_t begin, std::int64_t end) {
                for (std::int64_t at = begin; at < end; ++at) {
                    maps[problem_.start_of_map(map) + at] = value(map, at);
                }
            });
    }

    void write_model(float* haadf) {
        if (haadf == nullptr) {
            return;
        }
        for_rows(
            1, [] { return false; },
            [&](std::int64_t, std::int64_t begin, std::int64_t end) {
                for (std::int64_t at = begin; at < end; ++at) {
                    haadf[at] = 0.0F;
                    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
                        haadf[at] +=
                            problem_.maps[static_cast<std::size_t>(map)].weight * value(map, at);
                    }
                }
            });
    }

    Costs sum_costs() {
        const std::int64_t rows = problem_.shape.rows;
        std::vector<Costs> of_rows(static_cast<std::size_t>(rows));
        // In the memory of the weights, which the next pass fills anew.
        float* model = weights_.get();
        write_model(model);
        write_maps(next_estimates_.get());
        for_rows(
            1, [] { return false; },
            [&](std::int64_t, std::int64_t begin, std::int64_t end) {
                Costs& sum = of_rows[static_cast<std::size_t>(begin / problem_.shape.columns)];
                for (std::int64_t at = begin; at < end; ++at) {
                    const auto residual =
                        static_cast<double>(model[at] - scaled(problem_.haadf, at));
                    sum.haadf += 0.5 * residual * residual;
                    for (std::int64_t map = 0; map < problem_.map_count() && !is_masked(at);
                         ++map) {
                        const auto counts =
                            static_cast<double>(terms_.counts[static_cast<std::size_t>(map)]);
                        const auto x =
                            static_cast<double>(next_estimates_[problem_.start_of_map(map) + at]);
                        const auto c = static_cast<double>(measured(map, at));
                        const double u = x + background;
                        sum.chem += counts * (u - c + (c > 0.0 ? c * std::log(c / u) : 0.0));
                    }
                }
            });
        Costs total;
        for (const Costs& row : of_rows) {
            total.haadf += row.haadf;
            total.chem += row.chem;
        }
        for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
            total.tv += tv_norm(next_estimates_.get() + problem_.start_of_map(map), problem_.shape,
                                TvKind::isotropic);
        }
        return total;
    }

    void require_not_taken() const {
        require(estimates_ != nullptr, "the maps were taken; make a new plan");
    }

    FusionProblem problem_;
    MatchedTerms terms_;
    BlockMatches matches_;
    ThreadPool pool_;
    std::int64_t at_a_time_;
    AlignedBuffer estimates_;  // of transformed maps
    AlignedBuffer next_estimates_;
    AlignedBuffer noisy_;  // transformed maps of one pass
    AlignedBuffer weights_;
    std::vector<GroupFilter> filters_;  // one per thread
    Costs costs_;
    int done_ = 0;
    bool has_matches_ = false;
};

}  // namespace

std::unique_ptr<Solver> make_matched_plan(FusionProblem problem, MatchedTerms terms) {
    return std::make_unique<MatchedPlan>(std::move(problem), std::move(terms));
}

}  // namespace mmfusion
