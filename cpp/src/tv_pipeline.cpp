#include "tv_pipeline.hpp"

#include <algorithm>
#include <cmath>

#include "row_operations.hpp"

namespace mmfusion {

namespace {
constexpr std::int64_t rows_of_a_stage = TvPipeline::working_rows_per_step - 1;
constexpr float gradient_step = 0.125F;  // 1 / 8 bounds the norm of the discrete Laplacian
}  // namespace

TvPipeline::TvPipeline(const TvSettings& settings, std::int64_t most_columns)
    : settings_(settings),
      steps_(settings.steps()),
      kernels_(row_kernels()),
      ring_(steps_ + 1, most_columns),
      zeros_(1, most_columns),
      rows_of_stages_(steps_ > 0 ? (steps_ + 1) * rows_of_a_stage : 0, most_columns) {
    make_stages();
}

void TvPipeline::make_stages() {
    const auto isotropic = static_cast<std::size_t>(settings_.kind == TvKind::isotropic);
    const auto nonnegative = static_cast<std::size_t>(settings_.nonnegative);
    double t = 1.0;
    double growth_before = 1.0;
    for (std::int64_t k = 0; k <= steps_ && steps_ > 0; ++k) {
        const bool from_zero = k == 1 && !settings_.warm;
        // The first step's momentum is 0 and nothing follows the last one.
        const bool with_momentum = k > 1 && k < steps_;
        Stage stage{};
        std::int64_t next_row = k * rows_of_a_stage;
        stage.primal = rows_of_stages_.row(next_row++);
        for (int parity = 0; parity < 2; ++parity) {
            stage.dual_y[parity] = rows_of_stages_.row(next_row++);
            stage.dual_x[parity] = rows_of_stages_.row(next_row++);
            stage.next_y[parity] =
                with_momentum ? rows_of_stages_.row(next_row++) : stage.dual_y[parity];
            stage.next_x[parity] =
                with_momentum ? rows_of_stages_.row(next_row++) : stage.dual_x[parity];
        }
        stage.kernel =
            kernels_.dual_step[isotropic][nonnegative][static_cast<std::size_t>(from_zero)]
                              [static_cast<std::size_t>(with_momentum)];
        if (k > 0) {
            const double t_next = (1.0 + std::sqrt(1.0 + 4.0 * t * t)) / 2.0;
            const double momentum = with_momentum ? (t - 1.0) / t_next : 0.0;
            stage.growth = static_cast<float>(1.0 + momentum);
            stage.old_share = static_cast<float>(momentum / growth_before);
            growth_before = 1.0 + momentum;
            t = t_next;
        }
        stages_.push_back(stage);
    }
}

void TvPipeline::start(std::int64_t rows, std::int64_t columns) noexcept {
    rows_ = rows;
    columns_ = columns;
    time_ = 0;
}

float* TvPipeline::ring_row(std::int64_t row) const noexcept {
    return ring_.row(row % (steps_ + 1));
}

float* TvPipeline::image_row() const noexcept { return ring_row(time_); }
float* TvPipeline::warm_y_row() const noexcept { return stages_[0].dual_y[time_ & 1]; }
float* TvPipeline::warm_x_row() const noexcept { return stages_[0].dual_x[time_ & 1]; }

const float* TvPipeline::dual_y_row() const noexcept {
    return stages_.back().dual_y[(time_ - 1 - steps_) & 1];
}
const float* TvPipeline::dual_x_row() const noexcept {
    return stages_.back().dual_x[(time_ - 1 - steps_) & 1];
}

void TvPipeline::advance(float* primal) noexcept {
    for (std::int64_t k = 1; k <= steps_; ++k) {
        const std::int64_t row = time_ - k;
        const Stage& stage = stages_[static_cast<std::size_t>(k)];
        const Stage& before = stages_[static_cast<std::size_t>(k - 1)];
        if (row == -1) {
            start_stage(stage, before);
        } else if (row >= 0 && row < rows_) {
            step_row(stage, before, row);
        }
    }
    if (time_ >= steps_) {
        write_primal(time_ - steps_, primal);
    }
    ++time_;
}

void TvPipeline::start_stage(const Stage& stage, const Stage& before) noexcept {
    PrimalRow row{};
    row.image = ring_row(0);
    row.dual_y_above = zeros_.row(0);
    row.dual_y = before.next_y[0];
    row.dual_x = before.next_x[0];
    row.primal = stage.primal;
    row.columns = columns_;
    kernels_.primal[static_cast<std::size_t>(settings_.nonnegative)](row);
    repeat_last_sample(stage.primal, columns_);
}

void TvPipeline::step_row(const Stage& stage, const Stage& before, std::int64_t row) noexcept {
    const bool last = row + 1 == rows_;
    const auto here = static_cast<std::size_t>(row & 1);
    const std::size_t below = last ? here : 1 - here;
    DualStepRow step{};
    step.image_below = ring_row(last ? row : row + 1);
    step.extrapolated_y = before.next_y[here];
    step.extrapolated_x = before.next_x[here];
    step.extrapolated_y_below = before.next_y[below];
    step.extrapolated_x_below = before.next_x[below];
    step.old_y = before.dual_y[here];
    step.old_x = before.dual_x[here];
    step.primal = stage.primal;
    step.dual_y = stage.dual_y[here];
    step.dual_x = stage.dual_x[here];
    step.next_y = stage.next_y[here];
    step.next_x = stage.next_x[here];
    step.bound = settings_.weight;
    step.growth = stage.growth;
    step.old_share = stage.old_share;
    step.step_y = last ? 0.0F : gradient_step;
    step.columns = columns_;
    stage.kernel(step);
    repeat_last_sample(stage.primal, columns_);
}

void TvPipeline::write_primal(std::int64_t row, float* primal) noexcept {
    const float* image = ring_row(row);
    PrimalRow out{};
    out.image = image;
    out.primal = primal;
    out.columns = columns_;
    out.dual_y_above = out.dual_y = out.dual_x = zeros_.row(0);
    if (steps_ > 0) {
        const Stage& last = stages_.back();
        const auto here = static_cast<std::size_t>(row & 1);
        out.dual_y = last.dual_y[here];
        out.dual_x = last.dual_x[here];
        if (row > 0) {
            out.dual_y_above = last.dual_y[1 - here];
        }
    }
    kernels_.primal[static_cast<std::size_t>(settings_.nonnegative)](out);
}

}  // namespace mmfusion
