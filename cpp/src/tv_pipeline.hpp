// FGP in a single sweep over the rows of an image.
//
// Step k of row i needs step k - 1 of rows i - 1 to i + 1 only. So all steps run together, each one
// row behind the one before, on a few rows that stay in the cache: the image is read once and the
// result written once for any number of steps. The result comes `lag()` rows late.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/row_kernels.hpp"
#include "mmfusion/tv.hpp"
#include "padded_rows.hpp"

namespace mmfusion {

struct TvSettings {
    float weight = 0.0F;
    int n_iter = 0;
    TvKind kind = TvKind::isotropic;
    bool nonnegative = true;
    bool warm = false;
    bool guided = false;  // isotropic only

    // With a weight of 0 there is nothing to do.
    [[nodiscard]] int steps() const noexcept { return weight > 0.0F ? n_iter : 0; }
};

class TvPipeline {
public:
    TvPipeline(const TvSettings& settings, std::int64_t most_columns);

    // Working memory per step, including one row of the image.
    static constexpr std::int64_t working_rows_per_step = 10;
    // The same with a guide, including one row of it.
    static constexpr std::int64_t guided_rows_per_step = 16;

    // How many rows later a row comes out.
    [[nodiscard]] std::int64_t lag() const noexcept { return steps_; }
    // How many rows and columns around a pixel its result depends on.
    [[nodiscard]] static std::int64_t reach(const TvSettings& settings) noexcept {
        return settings.steps() + 1;
    }

    // Only between two images, and only from one weight above 0 to another.
    void set_weight(float weight) noexcept { settings_.weight = weight; }
    [[nodiscard]] float weight() const noexcept { return settings_.weight; }
    [[nodiscard]] bool has_steps() const noexcept { return steps_ > 0; }

    void start(std::int64_t rows, std::int64_t columns) noexcept;

    // The next row to go in, to be filled before `advance`; not used after the last row.
    [[nodiscard]] float* image_row() const noexcept;
    [[nodiscard]] float* warm_y_row() const noexcept;
    [[nodiscard]] float* warm_x_row() const noexcept;
    // Both components of the guide, 0 along y in the last row and along x in the last column.
    [[nodiscard]] float* guide_y_row() const noexcept;
    [[nodiscard]] float* guide_x_row() const noexcept;

    // Moves all steps on by one row and writes the row that comes out, if any, to the padded row
    // `primal`. To be called rows + lag() times.
    void advance(float* primal) noexcept;

    // The dual variables of the row that came out last, times the weight.
    [[nodiscard]] const float* dual_y_row() const noexcept;
    [[nodiscard]] const float* dual_x_row() const noexcept;

private:
    struct Stage {
        float* dual_y[2];
        float* dual_x[2];
        float* next_y[2];  // what the next stage starts from
        float* next_x[2];
        float* turned_y[2];  // its part in the primal: (I - xi xi^T) times it with a guide
        float* turned_x[2];
        float* primal;
        DualStepKernel kernel;
        float growth;
        float old_share;
    };

    void make_stages();
    [[nodiscard]] DualStepKernel kernel_of(bool from_zero, bool with_momentum) const noexcept;
    void turn_warm_dual() noexcept;
    void start_stage(const Stage& stage, const Stage& before) noexcept;
    void step_row(const Stage& stage, const Stage& before, std::int64_t row) noexcept;
    void write_primal(std::int64_t row, float* primal) noexcept;
    [[nodiscard]] float* ring_row(std::int64_t row) const noexcept;

    TvSettings settings_;
    std::int64_t steps_;
    const RowKernels& kernels_;
    PaddedRows ring_;        // the last steps_ + 1 rows of the image
    PaddedRows guide_ring_;  // the same rows of the guide, y and x in turn
    PaddedRows zeros_;       // one row
    PaddedRows stage_rows_;
    std::vector<Stage> stages_;  // stages_[0] is the dual the first step starts from
    std::int64_t rows_ = 0;
    std::int64_t columns_ = 0;
    std::int64_t time_ = 0;
};

}  // namespace mmfusion
