// The rows of all maps as they come out of their TV steps: writes the outputs of the pass and sums
// the costs.
#pragma once

#include <vector>

#include "data_terms.hpp"
#include "pass_images.hpp"
#include "tiles.hpp"

namespace mmfusion {

class MapRows {
public:
    MapRows(const FusionProblem& problem, const Tiling& tiling);

    // Costs of a row and strip go to costs[row x strips + strip], unless `costs` is null.
    void start(const Tile& tile, const PassImages& images, Costs* costs) noexcept;

    // Where to put this row of a map, starting with the tile's first read column, before `finish`.
    // It stays valid until the row after the next.
    [[nodiscard]] float* row(std::int64_t map, std::int64_t row) const noexcept;
    // To be called for all rows in order; rows that the tile does not own are skipped.
    void finish(std::int64_t row);

    // Where the gradient step of this row of a map goes.
    [[nodiscard]] float* next_row(std::int64_t map, std::int64_t row) const noexcept;
    [[nodiscard]] bool owns(std::int64_t row) const noexcept;
    [[nodiscard]] bool has_costs() const noexcept { return costs_ != nullptr; }

private:
    [[nodiscard]] std::int64_t columns() const noexcept { return tile_->columns.size(); }
    [[nodiscard]] std::int64_t start_of(std::int64_t row) const noexcept;
    [[nodiscard]] const float* owned_part(std::int64_t map, std::int64_t row) const noexcept;
    [[nodiscard]] Costs& costs_of(std::int64_t row) const noexcept;

    void finish_tv_norm(std::int64_t row);
    void add_tv_norm(std::int64_t row, std::int64_t row_below);
    void finish_data_terms(std::int64_t row);

    const FusionProblem& problem_;
    const RowKernels& kernels_;
    std::int64_t strips_;
    PaddedRows rows_;  // the last two of each map
    DataTerms terms_;
    std::vector<const float*> present_;
    const Tile* tile_ = nullptr;
    const PassImages* images_ = nullptr;
    Costs* costs_ = nullptr;
};

}  // namespace mmfusion
