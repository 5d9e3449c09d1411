// A pass over all images of a fusion, cut into tiles that threads take in turn.
#pragma once

#include <vector>

#include "mmfusion/fusion_problem.hpp"
#include "thread_pool.hpp"
#include "tiles.hpp"
#include "tv_pipeline.hpp"

namespace mmfusion {

inline Costs sum_of(const std::vector<Costs>& rows) {
    Costs sum;
    for (const Costs& row : rows) {
        sum.haadf += row.haadf;
        sum.chem += row.chem;
        sum.tv += row.tv;
    }
    return sum;
}

// Rows and columns that a pass reads around the pixels it owns: one more than the TV steps reach,
// since the TV norm uses the pixels below and to the right.
inline std::int64_t halo_of_maps(const TvSettings& settings) {
    return TvPipeline::reach(settings) + 1;
}

// In TV steps of one map.
template <class Worker>
double work_per_pixel(const FusionProblem& problem, const TvSettings& settings) {
    const std::int64_t steps = settings.steps() + Worker::other_work_in_steps;
    return static_cast<double>(problem.map_count() * steps);
}

// A Worker has one thread's working memory and processes tiles:
// process(tile, images, costs of all rows and strips or null).
template <class Worker>
class TiledPass {
public:
    // Allocates all working memory.
    TiledPass(const FusionProblem& problem, const TvSettings& settings, ThreadPool& pool)
        : pool_(pool), tiling_(tiling_for(problem, settings, pool.size())) {
        const auto threads = static_cast<std::size_t>(pool.size());
        workers_.reserve(threads);
        for (std::size_t thread = 0; thread < threads; ++thread) {
            workers_.emplace_back(problem, settings, tiling_);
        }
        costs_.resize(static_cast<std::size_t>(problem.shape.rows * tiling_.strips));
    }

    // Runs the pass and returns its costs, or zeros without `with_costs`.
    template <class Images>
    Costs run(const Images& images, bool with_costs) {
        Costs* costs = with_costs ? costs_.data() : nullptr;
        const auto tiles = static_cast<std::int64_t>(tiling_.tiles.size());
        pool_.run(tiles, [&](std::int64_t index, int thread) {
            worker(thread).process(tiling_.tiles[static_cast<std::size_t>(index)], images, costs);
        });
        return with_costs ? sum_of(costs_) : Costs{};
    }

    [[nodiscard]] Worker& worker(int thread) { return workers_[static_cast<std::size_t>(thread)]; }
    [[nodiscard]] const Tiling& tiling() const noexcept { return tiling_; }

private:
    static Tiling tiling_for(const FusionProblem& problem, const TvSettings& settings,
                             int threads) {
        const std::int64_t rows =
            settings.steps() * TvPipeline::working_rows_per_step + Worker::rows_per_map;
        const std::int64_t bytes =
            problem.map_count() * rows * static_cast<std::int64_t>(sizeof(float));
        const std::int64_t halo = halo_of_maps(settings);
        return make_tiling(problem.shape, halo, cached_columns(fusion_working_bytes, bytes, halo),
                           threads, work_per_pixel<Worker>(problem, settings));
    }

    ThreadPool& pool_;
    Tiling tiling_;
    std::vector<Worker> workers_;  // one per thread
    std::vector<Costs> costs_;     // of every row and strip, so that no sum depends on the threads
};

// How many of the threads asked for have enough to do.
template <class Worker>
int threads_for(const FusionProblem& problem, const TvSettings& settings) {
    return useful_threads(problem.shape, halo_of_maps(settings), problem.options.threads,
                          work_per_pixel<Worker>(problem, settings));
}

}  // namespace mmfusion
