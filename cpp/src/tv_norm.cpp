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

}  // namespace mmfusion
