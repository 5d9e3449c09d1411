// NumPy arrays in and out; their types and shapes are checked here again.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <stdexcept>

#include "mmfusion/image.hpp"

namespace mmfusion::python {

namespace py = pybind11;

// Single precision and row-major; for `noconvert` arguments anything else is a TypeError.
using FloatArray = py::array_t<float, py::array::c_style>;

inline Shape shape_of(const FloatArray& image) {
    if (image.ndim() != 2) {
        throw std::invalid_argument("an image must have two dimensions");
    }
    const Shape shape{.rows = image.shape(0), .columns = image.shape(1)};
    require_valid(shape);
    return shape;
}

inline FloatArray new_image(Shape shape) { return FloatArray({shape.rows, shape.columns}); }

// An array that owns `memory`.
inline FloatArray adopt(std::shared_ptr<float> memory, std::int64_t images, Shape shape) {
    float* data = memory.get();
    auto owner = std::make_unique<std::shared_ptr<float>>(std::move(memory));
    const py::capsule base(
        owner.get(), [](void* pointer) { delete static_cast<std::shared_ptr<float>*>(pointer); });
    (void)owner.release();  // the capsule deletes it from here on
    return FloatArray({images, shape.rows, shape.columns}, data, base);
}

}  // namespace mmfusion::python
