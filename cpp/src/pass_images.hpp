// What one pass over the images of a fusion reads and writes.
#pragma once

namespace mmfusion {

// Null pointers mean "not needed".
struct PassImages {
    const float* source = nullptr;  // n images
    float* maps = nullptr;          // n images: the source after its TV steps
    float* haadf = nullptr;         // sum_i w_i x_i^gamma of these maps
    float* next = nullptr;          // n images: these maps after the gradient step
};

}  // namespace mmfusion
