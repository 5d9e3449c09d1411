#include "fusion_sweep.hpp"

#include <algorithm>
#include <cstring>

namespace mmfusion {
namespace {

void copy_row(const float* from, std::int64_t columns, float* to) {
    std::memcpy(to, from, static_cast<std::size_t>(columns) * sizeof(float));
}

std::int64_t working_bytes_per_column(const FusionProblem& problem, const TvSettings& settings) {
    constexpr std::int64_t rows_per_step = 10;
    constexpr std::int64_t rows_per_map = 4;
    return problem.map_count() * (settings.steps() * rows_per_step + rows_per_map) *
           static_cast<std::int64_t>(sizeof(float));
}

Tiling tiling_for(const FusionProblem& problem, const TvSettings& settings, int threads) {
    // One more than the TV steps reach: the TV norm looks at the pixel below and to the right.
    const std::int64_t halo = TvPipeline::reach(settings) + 1;
    const std::int64_t columns = cached_columns(working_bytes_per_column(problem, settings), halo);
    // The gradient step and the costs take about as long as three TV steps.
    const auto work = static_cast<double>(problem.map_count() * (settings.steps() + 3));
    return make_tiling(problem.shape, halo, columns, threads, work);
}

}  // namespace

// One thread's working memory, and what it does with one tile.
class FusionSweep::Worker {
public:
    Worker(const FusionProblem& problem, const TvSettings& settings, const Tiling& tiling)
        : problem_(problem),
          kernels_(row_kernels()),
          strips_(tiling.strips),
          maps_(2 * problem.map_count(), tiling.most_columns),
          powers_(problem.map_count(), tiling.most_columns),
          model_(1, tiling.most_columns),
          residual_(1, tiling.most_columns) {
        pipelines_.reserve(problem.maps.size());
        for (std::int64_t map = 0; map < problem.map_count(); ++map) {
            pipelines_.emplace_back(settings, tiling.most_columns);
        }
    }

    void process(const Tile& tile, const SweepImages& images, Costs* costs) {
        tile_ = &tile;
        images_ = &images;
        costs_ = costs;
        const std::int64_t lag = pipelines_.front().lag();
        for (TvPipeline& pipeline : pipelines_) {
            pipeline.start(tile.read_rows.size(), tile.read_columns.size());
        }
        for (std::int64_t row = tile.read_rows.begin; row < tile.read_rows.end + lag; ++row) {
            advance_maps(row);
            finish_row(row - lag);
        }
    }

private:
    [[nodiscard]] std::int64_t columns() const { return tile_->columns.size(); }
    [[nodiscard]] std::int64_t start_of(std::int64_t row) const {
        return row * problem_.shape.columns + tile_->columns.begin;
    }
    // The two last rows of a map that came out of its TV steps, owned columns first.
    [[nodiscard]] float* map_row(std::int64_t map, std::int64_t row) const {
        return maps_.row(2 * map + (row & 1)) + (tile_->columns.begin - tile_->read_columns.begin);
    }
    [[nodiscard]] Costs& costs_of(std::int64_t row) const {
        return costs_[row * strips_ + tile_->strip];
    }

    void advance_maps(std::int64_t row) {
        const std::int64_t lag = pipelines_.front().lag();
        for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
            TvPipeline& pipeline = pipelines_[static_cast<std::size_t>(map)];
            if (row < tile_->read_rows.end) {
                const std::int64_t at = problem_.start_of_map(map) + row * problem_.shape.columns +
                                        tile_->read_columns.begin;
                copy_row(images_->source + at, tile_->read_columns.size(), pipeline.image_row());
            }
            pipeline.advance(maps_.row(2 * map + ((row - lag) & 1)));
        }
    }

    void finish_row(std::int64_t row) {
        if (images_->next != nullptr) {
            finish_tv_norm(row);
        }
        if (row < tile_->rows.begin || row >= tile_->rows.end) {
            return;
        }
        if (images_->maps != nullptr) {
            for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
                copy_row(map_row(map, row), columns(),
                         images_->maps + problem_.start_of_map(map) + start_of(row));
            }
        }
        if (images_->next != nullptr || images_->haadf != nullptr) {
            model_haadf(row);
        }
        if (images_->next != nullptr) {
            take_gradient_step(row);
        }
    }

    // The TV norm of a row needs the row below, so it comes one row late.
    void finish_tv_norm(std::int64_t row) {
        if (row - 1 >= tile_->rows.begin && row - 1 < tile_->rows.end) {
            add_tv_norm(row - 1, row);
        }
        if (row + 1 == problem_.shape.rows) {
            add_tv_norm(row, row);
        }
    }

    void add_tv_norm(std::int64_t row, std::int64_t row_below) {
        const auto isotropic = static_cast<std::size_t>(problem_.options.tv == TvKind::isotropic);
        double sum = 0.0;
        for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
            GradientNormRow norm{};
            norm.image = map_row(map, row);
            norm.image_below = map_row(map, row_below);
            norm.columns = columns();
            norm.last_column_is_edge = tile_->columns.end == problem_.shape.columns;
            sum += kernels_.gradient_norm[isotropic](norm);
        }
        costs_of(row).tv = sum;
    }

    void model_haadf(std::int64_t row) {
        for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
            PowerRow power{};
            power.map = map_row(map, row);
            power.power = powers_.row(map);
            power.model = model_.row(0);
            power.columns = columns();
            power.gamma = problem_.options.gamma;
            power.weight = problem_.maps[static_cast<std::size_t>(map)].weight;
            power.first = map == 0;
            kernels_.power(power);
        }
        if (images_->haadf != nullptr) {
            copy_row(model_.row(0), columns(), images_->haadf + start_of(row));
        }
    }

    void take_gradient_step(std::int64_t row) {
        const FusionOptions& options = problem_.options;
        ResidualRow residual{};
        residual.model = model_.row(0);
        residual.haadf = problem_.haadf.data + start_of(row);
        residual.residual = residual_.row(0);
        residual.columns = columns();
        residual.offset = problem_.haadf.offset;
        residual.factor = problem_.haadf.factor;
        costs_of(row).haadf = 0.5 * kernels_.residual(residual);

        double chem = 0.0;
        for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
            const WeightedMap& measured = problem_.maps[static_cast<std::size_t>(map)];
            GradientStepRow step{};
            step.map = map_row(map, row);
            step.power = powers_.row(map);
            step.residual = residual_.row(0);
            step.measured = measured.image.data + start_of(row);
            step.next = images_->next + problem_.start_of_map(map) + start_of(row);
            step.columns = columns();
            step.offset = measured.image.offset;
            step.factor = measured.image.factor;
            step.haadf_step = options.lambda_haadf * options.gamma * measured.weight;
            step.chem_step = options.lambda_chem;
            step.background = options.background;
            chem += kernels_.gradient_step(step);
        }
        costs_of(row).chem = chem;
    }

    const FusionProblem& problem_;
    const RowKernels& kernels_;
    std::int64_t strips_;
    std::vector<TvPipeline> pipelines_;
    PaddedRows maps_;
    PaddedRows powers_;
    PaddedRows model_;
    PaddedRows residual_;
    const Tile* tile_ = nullptr;
    const SweepImages* images_ = nullptr;
    Costs* costs_ = nullptr;
};

FusionSweep::FusionSweep(const FusionProblem& problem, const TvSettings& settings, ThreadPool& pool)
    : problem_(problem), pool_(pool), tiling_(tiling_for(problem, settings, pool.size())) {
    const auto busy =
        std::min<std::int64_t>(pool.size(), static_cast<std::int64_t>(tiling_.tiles.size()));
    workers_.reserve(static_cast<std::size_t>(pool.size()));
    for (int worker = 0; worker < (busy > 1 ? pool.size() : 1); ++worker) {
        workers_.emplace_back(problem_, settings, tiling_);
    }
    costs_.resize(static_cast<std::size_t>(problem.shape.rows * tiling_.strips));
}

FusionSweep::~FusionSweep() = default;

Costs FusionSweep::run(const SweepImages& images) {
    pool_.run(static_cast<std::int64_t>(tiling_.tiles.size()), [&](std::int64_t index, int worker) {
        workers_[static_cast<std::size_t>(worker)].process(
            tiling_.tiles[static_cast<std::size_t>(index)], images, costs_.data());
    });
    return images.next != nullptr ? sum_costs() : Costs{};
}

Costs FusionSweep::sum_costs() const {
    Costs sum;
    for (const Costs& each : costs_) {
        sum.haadf += each.haadf;
        sum.chem += each.chem;
        sum.tv += each.tv;
    }
    return sum;
}

}  // namespace mmfusion
