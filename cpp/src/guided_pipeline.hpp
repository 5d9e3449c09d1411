// Steps of the primal-dual hybrid gradient method for all maps of the guided solver, in a single
// sweep over the rows of an image.
//
// With the operators D_i = (I - xi xi^T) grad of every map and the sum over the maps of w_i x_i,
// and with the duals p_i and s of these, a step is
//   x_i' = prox(x_i - tau (D^T p_i + w_i s))
//   p_i' = P(p_i + sigma D(2 x_i' - x_i)),   s' = prox(s + sigma_s (sum_i w_i (2 x_i' - x_i) - h))
// followed by over-relaxation. Row j of x' needs rows j - 1 and j of p, and row j of p' needs rows
// j and j + 1 of x'. So all steps run together, each one row behind the one before (see
// tv_pipeline.hpp), the duals half a step behind the maps.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/row_kernels.hpp"
#include "padded_rows.hpp"

namespace mmfusion {

struct GuidedMapSettings {
    float dose = 1.0F;
    float weight = 0.0F;
    float background = 1e-3F;
    float largest = 1.0F;
    float bound = 0.0F;  // of the lengths of the dual
};

struct GuidedSettings {
    std::vector<GuidedMapSettings> maps;
    int steps = 1;
    float relaxation = 1.0F;  // of all steps but the last, whose duals are feasible
    float step = 0.0F;        // tau
    float dual_step = 0.0F;   // sigma
    float haadf_step = 0.0F;  // sigma_s
    float shrink = 0.0F;      // mu / (mu + sigma_s)
};

class GuidedPipeline {
public:
    GuidedPipeline(int steps, std::int64_t maps, std::int64_t most_columns);

    static constexpr std::int64_t rows_per_map_and_step = 13;  // one row of the counts included
    static constexpr std::int64_t shared_rows_per_step = 7;

    // How many rows later a row comes out, and how many around a pixel its result depends on.
    [[nodiscard]] std::int64_t lag() const noexcept { return steps_; }
    [[nodiscard]] static std::int64_t reach(int steps) noexcept { return steps; }

    // The settings must outlive the sweep.
    void start(const GuidedSettings& settings, std::int64_t rows, std::int64_t columns) noexcept;

    // The next row to go in, to be filled before `advance`: the state, ...
    [[nodiscard]] float* map_row(std::int64_t map) const noexcept;
    [[nodiscard]] float* dual_y_row(std::int64_t map) const noexcept;
    [[nodiscard]] float* dual_x_row(std::int64_t map) const noexcept;
    [[nodiscard]] float* haadf_dual_row() const noexcept;
    // ... and the data: 4 tau dose c (0 where masked), the normalised HAADF image without the
    // offset of the model, ones and zeros, and the guide, 0 along y in the last row and along x in
    // the last column.
    [[nodiscard]] float* counts_row(std::int64_t map) const noexcept;
    [[nodiscard]] float* haadf_row() const noexcept;
    [[nodiscard]] float* mask_row() const noexcept;
    [[nodiscard]] float* guide_y_row() const noexcept;
    [[nodiscard]] float* guide_x_row() const noexcept;

    // Moves all steps on by one row. To be called rows + lag() times.
    void advance() noexcept;

    // The row that came out last, once there is one.
    struct MapOut {
        const float* map;
        const float* map_below;  // the row itself at the end
        const float* dual_y;
        const float* dual_x;
        const float* turned_y_above;
        const float* turned_y;
        const float* turned_x;
    };
    [[nodiscard]] MapOut map_out(std::int64_t map) const noexcept;
    struct SharedOut {
        const float* haadf_dual;
        const float* haadf;
        const float* mask;
        const float* guide_y;
        const float* guide_x;
    };
    [[nodiscard]] SharedOut shared_out() const noexcept;

private:
    struct MapRowsOfStage {
        float* map[2];
        float* dual_y[2];
        float* dual_x[2];
        float* turned_y[2];  // (I - xi xi^T) times the dual
        float* turned_x[2];
        float* ahead[2];
    };
    struct Stage {
        std::vector<MapRowsOfStage> maps;
        float* haadf_dual[2];
    };
    struct Shared {
        float* haadf;
        float* mask;
        float* guide_y;
        float* guide_x;
    };

    [[nodiscard]] Shared shared(std::int64_t row) const noexcept;
    void step_maps(const Stage& stage, const Stage& before, std::int64_t row, float relax) noexcept;
    void step_duals(const Stage& stage, const Stage& before, std::int64_t row,
                    float relax) noexcept;

    std::int64_t steps_;
    std::int64_t map_count_;
    const RowKernels& kernels_;
    PaddedRows counts_ring_;
    PaddedRows shared_ring_;
    PaddedRows stage_rows_;
    PaddedRows haadf_rows_;
    PaddedRows spare_;  // a row of zeros, and the model
    std::vector<Stage> stages_;
    const GuidedSettings* settings_ = nullptr;
    std::int64_t rows_ = 0;
    std::int64_t columns_ = 0;
    std::int64_t time_ = 0;
};

}  // namespace mmfusion
