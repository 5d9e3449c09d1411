#include "mmfusion/tv.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>

#include "arrays.hpp"
#include "registrations.hpp"
#include "tv_kind.hpp"

namespace mmfusion::python {
namespace {

// A dual or a guide is one array of shape (2, ny, nx): the y component, then the x component.
DualView dual_view(const FloatArray& dual, Shape shape) {
    if (dual.ndim() != 3 || dual.shape(0) != 2 || dual.shape(1) != shape.rows ||
        dual.shape(2) != shape.columns) {
        throw std::invalid_argument(
            "a dual or guide must have the shape (2, rows, columns) of its image");
    }
    return {.y = dual.data(), .x = dual.data() + shape.pixels()};
}

GuideView guide_view(const std::optional<FloatArray>& guide, Shape shape) {
    if (!guide) {
        return {};
    }
    const DualView view = dual_view(*guide, shape);
    return {.y = view.y, .x = view.x};
}

py::tuple prox(const FloatArray& image, float weight, int n_iter, bool isotropic, bool nonnegative,
               int threads, float unit, const std::optional<FloatArray>& warm_dual,
               bool return_dual, const std::optional<FloatArray>& guide) {
    const Shape shape = shape_of(image);
    const TvProxOptions options{.objective = {.weight = weight,
                                              .kind = tv_kind(isotropic),
                                              .nonnegative = nonnegative,
                                              .guide = guide_view(guide, shape)},
                                .n_iter = n_iter,
                                .threads = threads,
                                .unit = unit};
    const DualView warm = warm_dual ? dual_view(*warm_dual, shape) : DualView{};
    FloatArray result = new_image(shape);
    py::object dual = py::none();
    MutableDualView dual_out;
    if (return_dual) {
        FloatArray both({std::int64_t{2}, shape.rows, shape.columns});
        dual_out = {.y = both.mutable_data(), .x = both.mutable_data() + shape.pixels()};
        dual = std::move(both);
    }
    float* out = result.mutable_data();
    const float* in = image.data();
    {
        // Only memory of arrays that this function keeps alive is touched.
        const py::gil_scoped_release release;
        tv_prox(in, shape, options, out, warm, dual_out);
    }
    return py::make_tuple(std::move(result), std::move(dual));
}

double duality_gap(const FloatArray& image, float weight, const FloatArray& dual, bool isotropic,
                   bool nonnegative, const std::optional<FloatArray>& guide) {
    const Shape shape = shape_of(image);
    const TvObjective objective{.weight = weight,
                                .kind = tv_kind(isotropic),
                                .nonnegative = nonnegative,
                                .guide = guide_view(guide, shape)};
    const DualView view = dual_view(dual, shape);
    const float* in = image.data();
    const py::gil_scoped_release release;  // as above
    return tv_duality_gap(in, shape, objective, view);
}

double norm(const FloatArray& image, bool isotropic) {
    const Shape shape = shape_of(image);
    const float* in = image.data();
    const py::gil_scoped_release release;  // as above
    return tv_norm(in, shape, tv_kind(isotropic));
}

}  // namespace

void register_tv(py::module_& module) {
    using namespace py::literals;
    module.def("tv_prox", &prox, "image"_a.noconvert(), "weight"_a, "n_iter"_a, py::kw_only(),
               "isotropic"_a, "nonnegative"_a, "threads"_a, "unit"_a = 1.0F,
               "warm_dual"_a.noconvert() = py::none(), "return_dual"_a = false,
               "guide"_a.noconvert() = py::none(),
               "TV proximal operator by FGP; return the primal, and the dual or None.");
    module.def("tv_duality_gap", &duality_gap, "image"_a.noconvert(), "weight"_a,
               "dual"_a.noconvert(), py::kw_only(), "isotropic"_a, "nonnegative"_a,
               "guide"_a.noconvert() = py::none(), "Duality gap of a dual and its primal.");
    module.def("tv_norm", &norm, "image"_a.noconvert(), py::kw_only(), "isotropic"_a,
               "Total variation of an image.");
}

}  // namespace mmfusion::python
