// Views of row-major single-precision images.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mmfusion {

struct Shape {
    std::int64_t rows = 0;
    std::int64_t columns = 0;

    [[nodiscard]] std::int64_t pixels() const noexcept { return rows * columns; }
};

// Throws std::invalid_argument unless both sides are positive and the pixels are not too many.
void require_valid(Shape shape);

// A measured image and the two numbers that normalise it: (data - offset) * factor.
struct ScaledImage {
    const float* data = nullptr;
    float offset = 0.0F;
    float factor = 1.0F;
};

}  // namespace mmfusion
