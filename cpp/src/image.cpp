#include "mmfusion/image.hpp"

#include <limits>

#include "validate.hpp"

namespace mmfusion {

void require_valid(Shape shape) {
    require(shape.rows > 0 && shape.columns > 0, "an image needs at least one row and one column");
    // The bytes of a few images with this many pixels still fit a 64-bit integer.
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 4096;
    require(shape.rows <= most / shape.columns, "the image has too many pixels");
}

}  // namespace mmfusion
