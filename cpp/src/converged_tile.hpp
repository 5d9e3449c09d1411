// One tile in an iteration of the converged solver, and one thread's working memory for it:
// extrapolation, gradient step, TV steps from a warm dual and costs, row by row.
#pragma once

#include <vector>

#include "map_rows.hpp"
#include "tv_pipeline.hpp"

namespace mmfusion {

struct ConvergedImages {
    const float* present;  // n images
    const float* before;   // n images, one iteration older
    const float* dual;     // 2 n images: the two components of every map, within the unit disc
    float* next;           // n images
    float* next_dual;      // 2 n images
    float* haadf;          // the model of `next`
    float momentum;
    float length;  // of the gradient step
};

class ConvergedTile {
public:
    // Allocates all working memory.
    ConvergedTile(const FusionProblem& problem, const TvSettings& settings, const Tiling& tiling);

    // Writes the owned pixels of the next maps, dual and model, and the costs of the owned rows.
    void process(const Tile& tile, const ConvergedImages& images, Costs* costs);

    // Working rows besides those of the TV steps.
    static constexpr std::int64_t rows_per_map = 6;
    // Two evaluations of the data terms and the transfer of the duals take as long as this many TV
    // steps.
    static constexpr std::int64_t other_work_in_steps = 6;

private:
    void feed(std::int64_t row);
    void feed_dual(std::int64_t map, std::int64_t start, std::int64_t columns);
    void collect(std::int64_t row);
    void collect_dual(std::int64_t map, std::int64_t row);
    [[nodiscard]] TvPipeline& pipeline(std::int64_t map) {
        return pipelines_[static_cast<std::size_t>(map)];
    }

    const FusionProblem& problem_;
    std::vector<TvPipeline> pipelines_;
    DataTerms terms_;  // at the extrapolated maps
    PaddedRows extrapolated_;
    std::vector<const float*> extrapolated_rows_;
    MapRows finished_;
    const Tile* tile_ = nullptr;
    const ConvergedImages* images_ = nullptr;
};

}  // namespace mmfusion
