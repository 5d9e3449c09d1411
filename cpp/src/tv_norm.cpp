#include <cmath>
#include <vector>

#include "kernels/row_kernels.hpp"
#include "mmfusion/tv.hpp"
#include "validate.hpp"

namespace mmfusion {

double tv_norm(const float* image, Shape shape, TvKind kind) {
    require_valid(shape);
    require(image != nullptr, "an image is missing");
    const auto isotropic = static_cast<std::size_t>(kind == TvKind::isotropic);
    double sum = 0.0;
    for (std::int64_t i = 0; i < shape.rows; ++i) {
        GradientNormRow row{};
        row.image = image + i * shape.columns;
        row.image_below = i + 1 < shape.rows ? row.image + shape.columns : row.image;
        row.columns = shape.columns;
        row.last_column_is_edge = true;
        sum += row_kernels().gradient_norm[isotropic](row);
    }
    return sum;
}

namespace {

// Primal of one row in double precision: u = max(0, b - lambda L(p)).
void primal_row(const float* image, Shape shape, const TvProxOptions& options, DualView dual,
                std::int64_t i, std::vector<double>& primal) {
    const std::int64_t start = i * shape.columns;
    for (std::int64_t j = 0; j < shape.columns; ++j) {
        const std::int64_t at = start + j;
        double divergence = static_cast<double>(dual.y[at]) + static_cast<double>(dual.x[at]);
        if (i > 0) {
            divergence -= static_cast<double>(dual.y[at - shape.columns]);
        }
        if (j > 0) {
            divergence -= static_cast<double>(dual.x[at - 1]);
        }
        const double u =
            static_cast<double>(image[at]) - static_cast<double>(options.weight) * divergence;
        primal[static_cast<std::size_t>(j)] = options.nonnegative && u < 0.0 ? 0.0 : u;
    }
}

// |grad u| - <grad u, p>, which no p of the unit disc or square makes negative.
double gap_of_row(const std::vector<double>& here, const std::vector<double>& below,
                  const float* dual_y, const float* dual_x, TvKind kind) {
    double sum = 0.0;
    for (std::size_t j = 0; j < here.size(); ++j) {
        const double along_y = here[j] - below[j];
        const double along_x = j + 1 < here.size() ? here[j] - here[j + 1] : 0.0;
        const double norm = kind == TvKind::isotropic ? std::hypot(along_y, along_x)
                                                      : std::abs(along_y) + std::abs(along_x);
        sum += norm - along_y * static_cast<double>(dual_y[j]) -
               along_x * static_cast<double>(dual_x[j]);
    }
    return sum;
}

}  // namespace

// The gap 1/2||u-b||^2 + lambda TV(u) - (1/2||b||^2 - 1/2||u||^2) is the difference of large
// numbers; with u = max(0, b - lambda L(p)) it equals lambda (TV(u) - <grad u, p>), a sum of
// terms that are all small.
double tv_duality_gap(const float* image, Shape shape, const TvProxOptions& options,
                      DualView dual) {
    require_valid(shape);
    require(image != nullptr && dual.y != nullptr && dual.x != nullptr, "an image is missing");
    const auto columns = static_cast<std::size_t>(shape.columns);
    std::vector<double> here(columns);
    std::vector<double> below(columns);
    primal_row(image, shape, options, dual, 0, here);
    double sum = 0.0;
    for (std::int64_t i = 0; i < shape.rows; ++i) {
        if (i + 1 < shape.rows) {
            primal_row(image, shape, options, dual, i + 1, below);
        } else {
            below = here;
        }
        const std::int64_t start = i * shape.columns;
        sum += gap_of_row(here, below, dual.y + start, dual.x + start, options.kind);
        here.swap(below);
    }
    return static_cast<double>(options.weight) * sum;
}

}  // namespace mmfusion
