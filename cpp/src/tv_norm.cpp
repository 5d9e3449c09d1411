#include "kernels/row_kernels.hpp"
#include "mmfusion/tv.hpp"
#include "padded_rows.hpp"
#include "row_operations.hpp"
#include "validate.hpp"

namespace mmfusion {

double tv_norm(const float* image, Shape shape, TvKind kind) {
    require_valid(shape);
    require(image != nullptr, "an image is missing");
    const auto isotropic = static_cast<std::size_t>(kind == TvKind::isotropic);
    const PaddedRows rows(2, shape.columns);
    const auto copy_padded = [&](std::int64_t i) {
        float* row = rows.row(i & 1);
        copy_row(image + i * shape.columns, shape.columns, row);
        repeat_last_sample(row, shape.columns);
        return row;
    };
    double sum = 0.0;
    const float* here = copy_padded(0);
    for (std::int64_t i = 0; i < shape.rows; ++i) {
        const float* below = i + 1 < shape.rows ? copy_padded(i + 1) : here;
        sum += row_kernels().gradient_norm[isotropic](
            {.image = here, .image_below = below, .columns = shape.columns});
        here = below;
    }
    return sum;
}

}  // namespace mmfusion
