#include <algorithm>

#include "mmfusion/tv.hpp"
#include "row_operations.hpp"
#include "thread_pool.hpp"
#include "tiles.hpp"
#include "tv_pipeline.hpp"
#include "validate.hpp"

namespace mmfusion {
namespace {

constexpr std::int64_t bytes_per_step = TvPipeline::working_rows_per_step * sizeof(float);

struct Problem {
    const float* image;
    Shape shape;
    TvSettings settings;  // weight in units of `unit`
    float unit;
    DualView warm;
    float* result;
    MutableDualView dual;
};

// One worker's memory.
struct Workspace {
    Workspace(const TvSettings& settings, std::int64_t columns)
        : pipeline(settings, columns), result(1, columns) {}

    TvPipeline pipeline;
    PaddedRows result;
};

void feed_row(const Problem& problem, const Tile& tile, std::int64_t row, TvPipeline& pipeline) {
    const std::int64_t start = row * problem.shape.columns + tile.read_columns.begin;
    const std::int64_t columns = tile.read_columns.size();
    multiply_row(problem.image + start, 1.0F / problem.unit, columns, pipeline.image_row());
    if (problem.settings.warm && problem.settings.steps() > 0) {
        const float weight = problem.settings.weight;
        multiply_row(problem.warm.y + start, weight, columns, pipeline.warm_y_row());
        multiply_row(problem.warm.x + start, weight, columns, pipeline.warm_x_row());
    }
}

void collect_row(const Problem& problem, const Tile& tile, std::int64_t row, Workspace& work) {
    const std::int64_t start = row * problem.shape.columns + tile.columns.begin;
    const std::int64_t columns = tile.columns.size();
    const std::int64_t halo = tile.columns.begin - tile.read_columns.begin;
    multiply_row(work.result.row(0) + halo, problem.unit, columns, problem.result + start);
    if (problem.dual.y == nullptr) {
        return;
    }
    const float inverse = 1.0F / problem.settings.weight;
    multiply_row(work.pipeline.dual_y_row() + halo, inverse, columns, problem.dual.y + start);
    multiply_row(work.pipeline.dual_x_row() + halo, inverse, columns, problem.dual.x + start);
}

void process_tile(const Problem& problem, const Tile& tile, Workspace& work) {
    TvPipeline& pipeline = work.pipeline;
    pipeline.start(tile.read_rows.size(), tile.read_columns.size());
    for (std::int64_t row = tile.read_rows.begin; row < tile.read_rows.end + pipeline.lag();
         ++row) {
        if (row < tile.read_rows.end) {
            feed_row(problem, tile, row, pipeline);
        }
        pipeline.advance(work.result.row(0));
        const std::int64_t ready = row - pipeline.lag();
        if (ready >= tile.rows.begin && ready < tile.rows.end) {
            collect_row(problem, tile, ready, work);
        }
    }
}

// Without steps the dual stays what it was.
void copy_dual(const Problem& problem) {
    const std::int64_t count = problem.shape.pixels();
    if (problem.settings.warm) {
        std::copy_n(problem.warm.y, count, problem.dual.y);
        std::copy_n(problem.warm.x, count, problem.dual.x);
    } else {
        std::fill_n(problem.dual.y, count, 0.0F);
        std::fill_n(problem.dual.x, count, 0.0F);
    }
}

}  // namespace

void tv_prox(const float* image, Shape shape, const TvProxOptions& options, float* result,
             DualView warm, MutableDualView dual) {
    require_valid(shape);
    require(image != nullptr && result != nullptr, "an image is missing");
    require(std::isfinite(options.weight) && options.weight >= 0.0F,
            "weight must be finite and at least 0");
    require(std::isfinite(options.unit) && options.unit > 0.0F, "unit must be finite and positive");
    require_valid_steps(options.n_iter, options.threads);
    require((warm.y == nullptr) == (warm.x == nullptr), "a dual has two components");
    require((dual.y == nullptr) == (dual.x == nullptr), "a dual has two components");

    Problem problem{image, shape, {}, options.unit, warm, result, dual};
    problem.settings = {options.weight / options.unit, options.n_iter, options.kind,
                        options.nonnegative, warm.y != nullptr};
    if (dual.y != nullptr && problem.settings.steps() == 0) {
        copy_dual(problem);
        problem.dual = {};
    }
    const int steps = problem.settings.steps();
    const std::int64_t halo = TvPipeline::reach(problem.settings);
    const std::int64_t strip_columns =
        cached_columns(prox_working_bytes, (steps + 1) * bytes_per_step, halo);
    const Tiling tiling =
        make_tiling(shape, halo, strip_columns, options.threads, static_cast<double>(steps + 1));
    const auto most_threads_used = static_cast<std::int64_t>(tiling.tiles.size());
    ThreadPool pool(static_cast<int>(std::min<std::int64_t>(options.threads, most_threads_used)));
    std::vector<Workspace> workspaces;
    workspaces.reserve(static_cast<std::size_t>(pool.size()));
    for (int worker = 0; worker < pool.size(); ++worker) {
        workspaces.emplace_back(problem.settings, tiling.most_columns);
    }
    pool.run(most_threads_used, [&](std::int64_t index, int worker) {
        process_tile(problem, tiling.tiles[static_cast<std::size_t>(index)],
                     workspaces[static_cast<std::size_t>(worker)]);
    });
}

}  // namespace mmfusion
