// One tile in a pass of the tutorial's schedule, and one thread's working memory for it: TV steps,
// costs and the next gradient step, row by row.
#pragma once

#include <vector>

#include "map_rows.hpp"
#include "row_progress.hpp"
#include "tv_pipeline.hpp"

namespace mmfusion {

// The progress a pass waits for and its own, which it publishes; null: neither.
struct RowGate {
    RowProgress* before = nullptr;
    RowProgress* own = nullptr;
};

class TutorialTile {
public:
    // Allocates all working memory. Without steps in `settings` a pass only clips.
    TutorialTile(const FusionProblem& problem, const TvSettings& settings, const Tiling& tiling);

    // Writes the outputs in `images` for the tile and, unless null, the costs of each of its rows
    // at costs[row x strips + strip].
    void process(const Tile& tile, const PassImages& images, Costs* costs,
                 const RowGate& gate = {});

    // Working rows besides those of the TV steps.
    static constexpr std::int64_t rows_per_map = 4;
    // The gradient step and the costs take about as long as three TV steps.
    static constexpr std::int64_t other_work_in_steps = 3;

private:
    void wait_for(std::int64_t row, const RowGate& gate);
    void announce(std::int64_t row, const RowGate& gate) const;
    static void abandon(const RowGate& gate);
    void advance_maps(std::int64_t row);
    void fetch_ahead(std::int64_t map, std::int64_t row) const;

    const FusionProblem& problem_;
    std::vector<TvPipeline> pipelines_;
    MapRows finished_;
    const Tile* tile_ = nullptr;
    const PassImages* images_ = nullptr;
    std::int64_t rows_ready_ = 0;
};

}  // namespace mmfusion
