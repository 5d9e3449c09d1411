// One thread's working memory, and what it does with one tile: TV steps, costs and the next
// gradient step, row by row.
#pragma once

#include <vector>

#include "fusion_problem.hpp"
#include "padded_rows.hpp"
#include "row_progress.hpp"
#include "tiles.hpp"
#include "tv_pipeline.hpp"

namespace mmfusion {

// The rows a pass must wait for and those it announces; null pointers mean "nobody".
struct RowGate {
    RowProgress* before = nullptr;
    RowProgress* own = nullptr;
};

class TileFuser {
public:
    // Allocates all working memory. `settings` with no steps makes a pass that only clips.
    TileFuser(const FusionProblem& problem, const TvSettings& settings, const Tiling& tiling);

    // Writes what `images` wants of the tile and, unless null, the costs of its rows, each at
    // costs[row x strips + strip].
    void process(const Tile& tile, const SweepImages& images, Costs* costs,
                 const RowGate& gate = {});

    // Rows above and below, and columns beside, that a pass reads around those it owns.
    static std::int64_t halo(const TvSettings& settings);
    static std::int64_t working_bytes_per_column(const FusionProblem& problem,
                                                 const TvSettings& settings);
    // In TV steps of one map.
    static double work_per_pixel(const FusionProblem& problem, const TvSettings& settings);

private:
    [[nodiscard]] std::int64_t columns() const { return tile_->columns.size(); }
    [[nodiscard]] std::int64_t start_of(std::int64_t row) const;
    [[nodiscard]] float* map_row(std::int64_t map, std::int64_t row) const;
    [[nodiscard]] float* next_row(std::int64_t map, std::int64_t row) const;
    [[nodiscard]] Costs& costs_of(std::int64_t row) const;

    void wait_for(std::int64_t row, const RowGate& gate);
    void announce(std::int64_t row, const RowGate& gate) const;
    void advance_maps(std::int64_t row);
    void fetch_ahead(std::int64_t map, std::int64_t row) const;
    void finish_row(std::int64_t row);
    void finish_tv_norm(std::int64_t row);
    void add_tv_norm(std::int64_t row, std::int64_t row_below);
    void model_haadf(std::int64_t row);
    void take_gradient_step(std::int64_t row);

    const FusionProblem& problem_;
    const RowKernels& kernels_;
    std::int64_t strips_;
    std::vector<TvPipeline> pipelines_;
    PaddedRows maps_;  // the two last rows of each map that came out of its TV steps
    PaddedRows powers_;
    PaddedRows model_;
    PaddedRows residual_;
    PaddedRows unwanted_;
    const Tile* tile_ = nullptr;
    const SweepImages* images_ = nullptr;
    Costs* costs_ = nullptr;
    std::int64_t rows_ready_ = 0;
};

}  // namespace mmfusion
