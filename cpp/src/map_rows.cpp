#include "map_rows.hpp"

#include "row_operations.hpp"

namespace mmfusion {

MapRows::MapRows(const FusionProblem& problem, const Tiling& tiling)
    : problem_(problem),
      kernels_(row_kernels()),
      strips_(tiling.strips),
      rows_(2 * problem.map_count(), tiling.most_columns),
      terms_(problem, tiling.most_columns),
      present_(problem.maps.size()) {}

void MapRows::start(const Tile& tile, const PassImages& images, Costs* costs) noexcept {
    tile_ = &tile;
    images_ = &images;
    costs_ = costs;
}

float* MapRows::row(std::int64_t map, std::int64_t row) const noexcept {
    return rows_.row(2 * map + (row & 1));
}

const float* MapRows::owned_part(std::int64_t map, std::int64_t row) const noexcept {
    return this->row(map, row) + (tile_->columns.begin - tile_->read_columns.begin);
}

std::int64_t MapRows::start_of(std::int64_t row) const noexcept {
    return row * problem_.shape.columns + tile_->columns.begin;
}

float* MapRows::next_row(std::int64_t map, std::int64_t row) const noexcept {
    return images_->next + problem_.start_of_map(map) + start_of(row);
}

bool MapRows::owns(std::int64_t row) const noexcept {
    return row >= tile_->rows.begin && row < tile_->rows.end;
}

Costs& MapRows::costs_of(std::int64_t row) const noexcept {
    return costs_[row * strips_ + tile_->strip];
}

void MapRows::finish(std::int64_t row) {
    if (has_costs()) {
        finish_tv_norm(row);
    }
    if (!owns(row)) {
        return;
    }
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        const float* values = owned_part(map, row);
        present_[static_cast<std::size_t>(map)] = values;
        if (images_->maps != nullptr) {
            copy_row(values, columns(), images_->maps + problem_.start_of_map(map) + start_of(row));
        }
    }
    if (has_costs() || images_->haadf != nullptr) {
        finish_data_terms(row);
    }
}

// The TV norm of a row needs the row below, so it comes one row late.
void MapRows::finish_tv_norm(std::int64_t row) {
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        repeat_last_sample(this->row(map, row), tile_->read_columns.size());
    }
    if (owns(row - 1)) {
        add_tv_norm(row - 1, row);
    }
    if (row + 1 == problem_.shape.rows) {
        add_tv_norm(row, row);
    }
}

void MapRows::add_tv_norm(std::int64_t row, std::int64_t row_below) {
    const auto isotropic = static_cast<std::size_t>(problem_.options.tv == TvKind::isotropic);
    double sum = 0.0;
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        sum += kernels_.gradient_norm[isotropic]({.image = owned_part(map, row),
                                                  .image_below = owned_part(map, row_below),
                                                  .columns = columns()});
    }
    costs_of(row).tv = sum;
}

void MapRows::finish_data_terms(std::int64_t row) {
    const RowOfMaps maps{.maps = present_, .start = start_of(row), .columns = columns()};
    const float* model = terms_.model(maps);
    if (images_->haadf != nullptr) {
        copy_row(model, columns(), images_->haadf + start_of(row));
    }
    if (!has_costs()) {
        return;
    }
    costs_of(row).haadf = terms_.residual(maps);
    double chem = 0.0;
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        chem += images_->next != nullptr
                    ? terms_.gradient_step(maps, map, 1.0F, true, next_row(map, row))
                    : terms_.chem(maps, map);
    }
    costs_of(row).chem = chem;
}

}  // namespace mmfusion
