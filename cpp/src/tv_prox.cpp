#include <algorithm>

#include "mmfusion/tv.hpp"
#include "row_operations.hpp"
#include "thread_pool.hpp"
#include "tiles.hpp"
#include "tv_pipeline.hpp"
#include "validate.hpp"

namespace mmfusion {
namespace {

constexpr std::int64_t bytes_per_step(const TvSettings& settings) {
    const std::int64_t rows =
        settings.guided ? TvPipeline::guided_rows_per_step : TvPipeline::working_rows_per_step;
    return rows * static_cast<std::int64_t>(sizeof(float));
}

struct ProxTask {
    const float* image;
    Shape shape;
    TvSettings settings;  // weight in units of `unit`
    float unit;
    GuideView guide;
    DualView warm;
    float* result;
    MutableDualView dual;
};

// One thread's working memory.
struct Workspace {
    Workspace(const TvSettings& settings, std::int64_t columns)
        : pipeline(settings, columns), result(1, columns) {}

    TvPipeline pipeline;
    PaddedRows result;
};

void feed_guide(const ProxTask& task, const Tile& tile, std::int64_t row, TvPipeline& pipeline) {
    const std::int64_t start = row * task.shape.columns + tile.read_columns.begin;
    const std::int64_t columns = tile.read_columns.size();
    copy_row(task.guide.y + start, columns, pipeline.guide_y_row());
    copy_row(task.guide.x + start, columns, pipeline.guide_x_row());
    if (row + 1 == task.shape.rows) {
        std::fill_n(pipeline.guide_y_row(), columns, 0.0F);
    }
    if (tile.read_columns.end == task.shape.columns) {
        pipeline.guide_x_row()[columns - 1] = 0.0F;
    }
}

void feed_row(const ProxTask& task, const Tile& tile, std::int64_t row, TvPipeline& pipeline) {
    const std::int64_t start = row * task.shape.columns + tile.read_columns.begin;
    const std::int64_t columns = tile.read_columns.size();
    multiply_row(task.image + start, 1.0F / task.unit, columns, pipeline.image_row());
    if (task.settings.warm && task.settings.steps() > 0) {
        const float weight = task.settings.weight;
        multiply_row(task.warm.y + start, weight, columns, pipeline.warm_y_row());
        multiply_row(task.warm.x + start, weight, columns, pipeline.warm_x_row());
    }
    if (task.settings.guided) {
        feed_guide(task, tile, row, pipeline);
    }
}

void collect_row(const ProxTask& task, const Tile& tile, std::int64_t row, Workspace& work) {
    const std::int64_t start = row * task.shape.columns + tile.columns.begin;
    const std::int64_t columns = tile.columns.size();
    const std::int64_t halo = tile.columns.begin - tile.read_columns.begin;
    multiply_row(work.result.row(0) + halo, task.unit, columns, task.result + start);
    if (task.dual.y == nullptr) {
        return;
    }
    const float inverse = 1.0F / task.settings.weight;
    multiply_row(work.pipeline.dual_y_row() + halo, inverse, columns, task.dual.y + start);
    multiply_row(work.pipeline.dual_x_row() + halo, inverse, columns, task.dual.x + start);
}

void process_tile(const ProxTask& task, const Tile& tile, Workspace& work) {
    TvPipeline& pipeline = work.pipeline;
    pipeline.start(tile.read_rows.size(), tile.read_columns.size());
    for (std::int64_t row = tile.read_rows.begin; row < tile.read_rows.end + pipeline.lag();
         ++row) {
        if (row < tile.read_rows.end) {
            feed_row(task, tile, row, pipeline);
        }
        pipeline.advance(work.result.row(0));
        const std::int64_t ready = row - pipeline.lag();
        if (ready >= tile.rows.begin && ready < tile.rows.end) {
            collect_row(task, tile, ready, work);
        }
    }
}

// Without steps the dual does not change.
void copy_dual(const ProxTask& task) {
    const std::int64_t count = task.shape.pixels();
    if (task.settings.warm) {
        std::copy_n(task.warm.y, count, task.dual.y);
        std::copy_n(task.warm.x, count, task.dual.x);
    } else {
        std::fill_n(task.dual.y, count, 0.0F);
        std::fill_n(task.dual.x, count, 0.0F);
    }
}

}  // namespace

void tv_prox(const float* image, Shape shape, const TvProxOptions& options, float* result,
             DualView warm, MutableDualView dual) {
    require_valid(shape);
    require(image != nullptr && result != nullptr, "an image is missing");
    require(std::isfinite(options.unit) && options.unit > 0.0F, "unit must be finite and positive");
    require_valid_steps(options.n_iter, options.threads);
    require((warm.y == nullptr) == (warm.x == nullptr), "a dual has two components");
    require((dual.y == nullptr) == (dual.x == nullptr), "a dual has two components");

    const TvObjective& objective = options.objective;
    require_valid(objective);
    ProxTask task{.image = image,
                  .shape = shape,
                  .settings = {.weight = objective.weight / options.unit,
                               .n_iter = options.n_iter,
                               .kind = objective.kind,
                               .nonnegative = objective.nonnegative,
                               .warm = warm.y != nullptr,
                               .guided = objective.guide.y != nullptr},
                  .unit = options.unit,
                  .guide = objective.guide,
                  .warm = warm,
                  .result = result,
                  .dual = dual};
    if (dual.y != nullptr && task.settings.steps() == 0) {
        copy_dual(task);
        task.dual = {};
    }
    const int steps = task.settings.steps();
    const std::int64_t halo = TvPipeline::reach(task.settings);
    const std::int64_t strip_columns =
        cached_columns(prox_working_bytes, (steps + 1) * bytes_per_step(task.settings), halo);
    const Tiling tiling =
        make_tiling(shape, halo, strip_columns, options.threads, static_cast<double>(steps + 1));
    const auto most_threads_used = static_cast<std::int64_t>(tiling.tiles.size());
    ThreadPool pool(static_cast<int>(std::min<std::int64_t>(options.threads, most_threads_used)));
    std::vector<Workspace> workspaces;
    workspaces.reserve(static_cast<std::size_t>(pool.size()));
    for (int worker = 0; worker < pool.size(); ++worker) {
        workspaces.emplace_back(task.settings, tiling.most_columns);
    }
    pool.run(most_threads_used, [&](std::int64_t index, int worker) {
        process_tile(task, tiling.tiles[static_cast<std::size_t>(index)],
                     workspaces[static_cast<std::size_t>(worker)]);
    });
}

}  // namespace mmfusion
