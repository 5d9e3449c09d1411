#include "guided_tile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "row_operations.hpp"

namespace mmfusion {
namespace {

// Keeps every value of a map that is normalised.
constexpr float no_threshold = -std::numeric_limits<float>::max();

}  // namespace

GuidedTile::GuidedTile(const FusionProblem& problem, const GuidedTerms& terms, int steps,
                       const Tiling& tiling)
    : problem_(problem),
      terms_(terms),
      kernels_(row_kernels()),
      strips_(tiling.strips),
      pipeline_(steps, problem.map_count(), tiling.most_columns),
      model_(1, tiling.most_columns) {}

void GuidedTile::process(const Tile& tile, const GuidedSettings& settings,
                         const GuidedImages& images, GuidedCosts* costs) {
    tile_ = &tile;
    settings_ = &settings;
    images_ = &images;
    costs_ = costs;
    pipeline_.start(settings, tile.read_rows.size(), tile.read_columns.size());
    const std::int64_t lag = pipeline_.lag();
    for (std::int64_t row = tile.read_rows.begin; row < tile.read_rows.end + lag; ++row) {
        if (problem_.options.is_abandoned()) {
            return;
        }
        if (row < tile.read_rows.end) {
            feed(row);
        }
        pipeline_.advance();
        const std::int64_t ready = row - lag;
        if (ready >= tile.rows.begin && ready < tile.rows.end) {
            collect(ready);
        }
    }
}

void GuidedTile::feed(std::int64_t row) {
    const std::int64_t columns = tile_->read_columns.size();
    const std::int64_t start = row * problem_.shape.columns + tile_->read_columns.begin;
    const std::int64_t pixels = problem_.shape.pixels();
    float* mask = pipeline_.mask_row();
    if (problem_.mask != nullptr) {
        copy_row(problem_.mask + start, columns, mask);
    } else {
        std::fill_n(mask, columns, 1.0F);
    }
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        const auto at = static_cast<std::size_t>(map);
        copy_row(images_->maps + map * pixels + start, columns, pipeline_.map_row(map));
        const float* dual = images_->duals + 2 * map * pixels + start;
        copy_row(dual, columns, pipeline_.dual_y_row(map));
        copy_row(dual + pixels, columns, pipeline_.dual_x_row(map));
        const ScaledImage& measured = problem_.maps[at].image;
        float* counts = pipeline_.counts_row(map);
        kernels_.normalise({.measured = measured.data + start,
                            .map = counts,
                            .columns = columns,
                            .offset = measured.offset,
                            .factor = measured.factor,
                            .threshold = 0.0F});
        const float factor = 4.0F * settings_->step * settings_->maps[at].dose;
        for (std::int64_t j = 0; j < columns; ++j) {
            counts[j] *= factor * mask[j];
        }
    }
    copy_row(images_->haadf_dual + start, columns, pipeline_.haadf_dual_row());
    kernels_.normalise({.measured = problem_.haadf.data + start,
                        .map = pipeline_.haadf_row(),
                        .columns = columns,
                        .offset = problem_.haadf.offset,
                        .factor = problem_.haadf.factor,
                        .threshold = no_threshold});
    copy_row(terms_.guide.y + start, columns, pipeline_.guide_y_row());
    copy_row(terms_.guide.x + start, columns, pipeline_.guide_x_row());
    if (row + 1 == problem_.shape.rows) {
        std::fill_n(pipeline_.guide_y_row(), columns, 0.0F);
    }
    if (tile_->read_columns.end == problem_.shape.columns) {
        pipeline_.guide_x_row()[columns - 1] = 0.0F;
    }
}

void GuidedTile::collect(std::int64_t row) {
    write_state(row);
    if (costs_ != nullptr) {
        costs_[row * strips_ + tile_->strip] = evaluate(row);
    }
}

void GuidedTile::write_state(std::int64_t row) {
    const std::int64_t columns = tile_->columns.size();
    const std::int64_t start = row * problem_.shape.columns + tile_->columns.begin;
    const std::int64_t halo = tile_->columns.begin - tile_->read_columns.begin;
    const std::int64_t pixels = problem_.shape.pixels();
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        const GuidedPipeline::MapOut out = pipeline_.map_out(map);
        copy_row(out.map + halo, columns, images_->next_maps + map * pixels + start);
        float* dual = images_->next_duals + 2 * map * pixels + start;
        copy_row(out.dual_y + halo, columns, dual);
        copy_row(out.dual_x + halo, columns, dual + pixels);
    }
    copy_row(pipeline_.shared_out().haadf_dual + halo, columns, images_->next_haadf_dual + start);
}

GuidedCosts GuidedTile::evaluate(std::int64_t row) {
    const std::int64_t columns = tile_->columns.size();
    const std::int64_t start = row * problem_.shape.columns + tile_->columns.begin;
    const std::int64_t halo = tile_->columns.begin - tile_->read_columns.begin;
    const GuidedPipeline::SharedOut shared = pipeline_.shared_out();
    const float mu = problem_.options.lambda_haadf;
    float* model = model_.row(0);
    std::fill_n(model, columns, 0.0F);
    GuidedCosts sums;
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        const auto at = static_cast<std::size_t>(map);
        const GuidedMapSettings& settings = settings_->maps[at];
        const ScaledImage& measured = problem_.maps[at].image;
        const GuidedPipeline::MapOut out = pipeline_.map_out(map);
        const float* values = out.map + halo;
        const CostAndGap counts = kernels_.counts_cost({.map = values,
                                                        .turned_y_above = out.turned_y_above + halo,
                                                        .turned_y = out.turned_y + halo,
                                                        .turned_x = out.turned_x + halo,
                                                        .haadf_dual = shared.haadf_dual + halo,
                                                        .measured = measured.data + start,
                                                        .mask = shared.mask + halo,
                                                        .columns = columns,
                                                        .offset = measured.offset,
                                                        .factor = measured.factor,
                                                        .dose = settings.dose,
                                                        .weight = settings.weight,
                                                        .background = settings.background,
                                                        .largest = settings.largest});
        const CostAndGap norm = kernels_.guided_norm({.map = values,
                                                      .map_below = out.map_below + halo,
                                                      .guide_y = shared.guide_y + halo,
                                                      .guide_x = shared.guide_x + halo,
                                                      .dual_y = out.dual_y + halo,
                                                      .dual_x = out.dual_x + halo,
                                                      .columns = columns,
                                                      .bound = settings.bound});
        const auto dose = static_cast<double>(settings.dose);
        sums.costs.chem += dose * counts.cost;
        sums.costs.tv += std::sqrt(dose) * norm.cost;
        sums.gap += counts.gap + norm.gap;
        for (std::int64_t j = 0; j < columns; ++j) {
            model[j] += settings.weight * values[j];
        }
    }
    copy_row(model, columns, images_->haadf + start);
    const CostAndGap haadf = kernels_.haadf_cost({.model = model,
                                                  .haadf = shared.haadf + halo,
                                                  .dual = shared.haadf_dual + halo,
                                                  .columns = columns,
                                                  .inverse_mu = mu > 0.0F ? 1.0F / mu : 0.0F});
    sums.costs.haadf = 0.5 * haadf.cost;
    sums.gap += 0.5 * static_cast<double>(mu) * haadf.gap;
    return sums;
}

}  // namespace mmfusion
