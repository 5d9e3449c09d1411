#include "problem.hpp"

#include <pybind11/stl.h>

#include "registrations.hpp"
#include "tv_kind.hpp"

namespace mmfusion::python {
namespace {

void require_same(Shape first, Shape other) {
    if (first.rows != other.rows || first.columns != other.columns) {
        throw std::invalid_argument("all images must have one shape");
    }
}

ScaledImage image_view(const ScaledArray& array, Shape shape) {
    const auto& [image, offset, factor] = array;
    require_same(shape_of(image), shape);
    return {.data = image.data(), .offset = offset, .factor = factor};
}

const float* start_view(const FloatArray& start, std::size_t maps, Shape shape) {
    if (start.ndim() != 3 || start.shape(0) != static_cast<py::ssize_t>(maps)) {
        throw std::invalid_argument("start must hold one image for every map");
    }
    require_same({.rows = start.shape(1), .columns = start.shape(2)}, shape);
    return start.data();
}

// Sets the members by their names, which Python checks; a name that is missing keeps its default.
std::unique_ptr<FusionOptions> make_options(const py::kwargs& values) {
    auto options = std::make_unique<FusionOptions>();
    const py::object members = py::cast(options.get(), py::return_value_policy::reference);
    for (const auto& [name, value] : values) {
        py::setattr(members, name, value);
    }
    return options;
}

void register_options(py::module_& module) {
    py::class_<FusionOptions>(module, "FusionOptions", "Options, the same for every solver.")
        .def(py::init(&make_options))
        .def_readwrite("gamma", &FusionOptions::gamma)
        .def_readwrite("lambda_haadf", &FusionOptions::lambda_haadf)
        .def_readwrite("lambda_chem", &FusionOptions::lambda_chem)
        .def_readwrite("lambda_tv", &FusionOptions::lambda_tv)
        .def_readwrite("background", &FusionOptions::background)
        .def_readwrite("threshold", &FusionOptions::threshold)
        .def_readwrite("n_iter_tv", &FusionOptions::n_iter_tv)
        .def_readwrite("threads", &FusionOptions::threads)
        .def_property(
            "isotropic",
            [](const FusionOptions& options) { return options.tv == TvKind::isotropic; },
            [](FusionOptions& options, bool isotropic) { options.tv = tv_kind(isotropic); });
}

}  // namespace

BoundProblem::BoundProblem(ScaledArray haadf, std::vector<ScaledArray> maps,
                           const std::vector<float>& weights, const FusionOptions& options,
                           std::optional<FloatArray> start, std::optional<FloatArray> mask,
                           std::shared_ptr<StopFlag> abandon)
    : haadf_(std::move(haadf)),
      maps_(std::move(maps)),
      start_(std::move(start)),
      mask_(std::move(mask)),
      abandon_(std::move(abandon)) {
    const Shape shape = shape_of(std::get<0>(haadf_));
    if (weights.size() != maps_.size()) {
        throw std::invalid_argument("every map needs one weight");
    }
    view_.shape = shape;
    view_.haadf = image_view(haadf_, shape);
    view_.options = options;
    view_.options.abandon = abandon_.get();
    for (std::size_t map = 0; map < maps_.size(); ++map) {
        view_.maps.push_back({.image = image_view(maps_[map], shape), .weight = weights[map]});
    }
    if (start_) {
        view_.start = start_view(*start_, maps_.size(), shape);
    }
    if (mask_) {
        require_same(shape_of(*mask_), shape);
        view_.mask = mask_->data();
    }
}

void register_problem(py::module_& module) {
    using namespace py::literals;
    register_options(module);
    py::class_<BoundProblem, std::shared_ptr<BoundProblem>>(
        module, "FusionProblem", "Images, weights of the elements and options.")
        .def(py::init<ScaledArray, std::vector<ScaledArray>, const std::vector<float>&,
                      const FusionOptions&, std::optional<FloatArray>, std::optional<FloatArray>,
                      std::shared_ptr<StopFlag>>(),
             "haadf"_a.noconvert(), "maps"_a.noconvert(), "weights"_a, "options"_a, py::kw_only(),
             "start"_a.noconvert() = py::none(), "mask"_a.noconvert() = py::none(),
             "abandon"_a = py::none());
}

}  // namespace mmfusion::python
