#include "tv_pipeline.hpp"

#include <algorithm>
#include <cmath>

#include "row_operations.hpp"

namespace mmfusion {

namespace {

std::int64_t rows_per_stage(const TvSettings& settings) {
    return settings.guided ? TvPipeline::guided_rows_per_step - 3
                           : TvPipeline::working_rows_per_step - 1;
}

}  // namespace

TvPipeline::TvPipeline(const TvSettings& settings, std::int64_t most_columns)
    : settings_(settings),
      steps_(settings.steps()),
      kernels_(row_kernels()),
      ring_(steps_ + 1, most_columns),
      guide_ring_(settings.guided ? 2 * (steps_ + 1) : 0, most_columns),
      zeros_(1, most_columns),
      stage_rows_(steps_ > 0 ? (steps_ + 1) * rows_per_stage(settings) : 0, most_columns) {
    make_stages();
}

void TvPipeline::make_stages() {
    double t = 1.0;
    double growth_before = 1.0;
    for (std::int64_t k = 0; k <= steps_ && steps_ > 0; ++k) {
        const bool from_zero = k == 1 && !settings_.warm;
        // The momentum of the first step is 0, and no step follows the last one.
        const bool with_momentum = k > 1 && k < steps_;
        Stage stage{};
        std::int64_t next_row = k * rows_per_stage(settings_);
        stage.primal = stage_rows_.row(next_row++);
        for (int parity = 0; parity < 2; ++parity) {
            stage.dual_y[parity] = stage_rows_.row(next_row++);
            stage.dual_x[parity] = stage_rows_.row(next_row++);
            stage.next_y[parity] =
                with_momentum ? stage_rows_.row(next_row++) : stage.dual_y[parity];
            stage.next_x[parity] =
                with_momentum ? stage_rows_.row(next_row++) : stage.dual_x[parity];
            stage.turned_y[parity] =
                settings_.guided ? stage_rows_.row(next_row++) : stage.next_y[parity];
            stage.turned_x[parity] =
                settings_.guided ? stage_rows_.row(next_row++) : stage.next_x[parity];
        }
        stage.kernel = kernel_of(from_zero, with_momentum);
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

DualStepKernel TvPipeline::kernel_of(bool from_zero, bool with_momentum) const noexcept {
    const auto isotropic = static_cast<std::size_t>(settings_.kind == TvKind::isotropic);
    const auto nonnegative = static_cast<std::size_t>(settings_.nonnegative);
    const auto& table = settings_.guided ? kernels_.guided_step[nonnegative]
                                         : kernels_.dual_step[isotropic][nonnegative];
    return table[static_cast<std::size_t>(from_zero)][static_cast<std::size_t>(with_momentum)];
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

float* TvPipeline::guide_y_row() const noexcept {
    return guide_ring_.row(2 * (time_ % (steps_ + 1)));
}
float* TvPipeline::guide_x_row() const noexcept {
    return guide_ring_.row(2 * (time_ % (steps_ + 1)) + 1);
}

const float* TvPipeline::dual_y_row() const noexcept {
    return stages_.back().dual_y[(time_ - 1 - steps_) & 1];
}
const float* TvPipeline::dual_x_row() const noexcept {
    return stages_.back().dual_x[(time_ - 1 - steps_) & 1];
}

void TvPipeline::turn_warm_dual() noexcept {
    const auto here = static_cast<std::size_t>(time_ & 1);
    const Stage& warm = stages_[0];
    kernels_.turn({.guide_y = guide_y_row(),
                   .guide_x = guide_x_row(),
                   .dual_y = warm.dual_y[here],
                   .dual_x = warm.dual_x[here],
                   .turned_y = warm.turned_y[here],
                   .turned_x = warm.turned_x[here],
                   .columns = columns_});
}

void TvPipeline::advance(float* primal) noexcept {
    if (settings_.guided && settings_.warm && steps_ > 0 && time_ < rows_) {
        turn_warm_dual();
    }
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
    kernels_.primal[static_cast<std::size_t>(settings_.nonnegative)]({.image = ring_row(0),
                                                                      .dual_y_above = zeros_.row(0),
                                                                      .dual_y = before.turned_y[0],
                                                                      .dual_x = before.turned_x[0],
                                                                      .primal = stage.primal,
                                                                      .columns = columns_});
    repeat_last_sample(stage.primal, columns_);
}

void TvPipeline::step_row(const Stage& stage, const Stage& before, std::int64_t row) noexcept {
    const bool last = row + 1 == rows_;
    const auto here = static_cast<std::size_t>(row & 1);
    const std::size_t below = last ? here : 1 - here;
    DualStepRow step{.image_below = ring_row(last ? row : row + 1),
                     .extrapolated_y = before.next_y[here],
                     .extrapolated_x = before.next_x[here],
                     .extrapolated_y_below = before.turned_y[below],
                     .extrapolated_x_below = before.turned_x[below],
                     .old_y = before.dual_y[here],
                     .old_x = before.dual_x[here],
                     .primal = stage.primal,
                     .dual_y = stage.dual_y[here],
                     .dual_x = stage.dual_x[here],
                     .next_y = stage.next_y[here],
                     .next_x = stage.next_x[here],
                     .bound = settings_.weight,
                     .growth = stage.growth,
                     .old_share = stage.old_share,
                     .step_y = last ? 0.0F : fgp_step,
                     .columns = columns_};
    if (settings_.guided) {
        const std::int64_t guide = 2 * (row % (steps_ + 1));
        step.guide_y = guide_ring_.row(guide);
        step.guide_x = guide_ring_.row(guide + 1);
        step.turned_y = before.turned_y[here];
        step.next_turned_y = stage.turned_y[here];
        step.next_turned_x = stage.turned_x[here];
    }
    stage.kernel(step);
    repeat_last_sample(stage.primal, columns_);
}

void TvPipeline::write_primal(std::int64_t row, float* primal) noexcept {
    const float* zeros = zeros_.row(0);
    PrimalRow out{.image = ring_row(row),
                  .dual_y_above = zeros,
                  .dual_y = zeros,
                  .dual_x = zeros,
                  .primal = primal,
                  .columns = columns_};
    if (steps_ > 0) {
        const Stage& last = stages_.back();
        const auto here = static_cast<std::size_t>(row & 1);
        out.dual_y = last.turned_y[here];
        out.dual_x = last.turned_x[here];
        if (row > 0) {
            out.dual_y_above = last.turned_y[1 - here];
        }
    }
    kernels_.primal[static_cast<std::size_t>(settings_.nonnegative)](out);
}

}  // namespace mmfusion
