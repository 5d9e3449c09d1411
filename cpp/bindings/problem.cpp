#include "problem.hpp"

#include <pybind11/stl.h>

#include "registrations.hpp"

namespace mmfusion::python {
namespace {

void require_same(Shape own, Shape shape) {
    if (own.rows != shape.rows || own.columns != shape.columns) {
        throw std::invalid_argument("all images must have one shape");
    }
}

ScaledImage view_of(const ScaledArray& array, Shape shape) {
    const auto& [image, offset, factor] = array;
    require_same(shape_of(image), shape);
    return {image.data(), offset, factor};
}

const float* start_of(const FloatArray& start, std::size_t maps, Shape shape) {
    if (start.ndim() != 3 || start.shape(0) != static_cast<py::ssize_t>(maps)) {
        throw std::invalid_argument("start must hold one image for every map");
    }
    require_same({start.shape(1), start.shape(2)}, shape);
    return start.data();
}

std::unique_ptr<Problem> make_problem(ScaledArray haadf, std::vector<ScaledArray> maps,
                                      const std::vector<float>& weights, float gamma,
                                      float lambda_haadf, float lambda_chem, float lambda_tv,
                                      float background, float threshold, int n_iter_tv,
                                      bool isotropic, int threads, std::optional<FloatArray> start,
                                      std::optional<FloatArray> mask) {
    FusionOptions options;
    options.gamma = gamma;
    options.lambda_haadf = lambda_haadf;
    options.lambda_chem = lambda_chem;
    options.lambda_tv = lambda_tv;
    options.background = background;
    options.threshold = threshold;
    options.n_iter_tv = n_iter_tv;
    options.tv = isotropic ? TvKind::isotropic : TvKind::anisotropic;
    options.threads = threads;
    return std::make_unique<Problem>(std::move(haadf), std::move(maps), weights, options,
                                     std::move(start), std::move(mask));
}

}  // namespace

Problem::Problem(ScaledArray haadf, std::vector<ScaledArray> maps,
                 const std::vector<float>& weights, const FusionOptions& options,
                 std::optional<FloatArray> start, std::optional<FloatArray> mask)
    : haadf_(std::move(haadf)),
      maps_(std::move(maps)),
      start_(std::move(start)),
      mask_(std::move(mask)) {
    const Shape shape = shape_of(std::get<0>(haadf_));
    if (weights.size() != maps_.size()) {
        throw std::invalid_argument("every map needs one weight");
    }
    view_.shape = shape;
    view_.haadf = view_of(haadf_, shape);
    view_.options = options;
    for (std::size_t map = 0; map < maps_.size(); ++map) {
        view_.maps.push_back({view_of(maps_[map], shape), weights[map]});
    }
    if (start_) {
        view_.start = start_of(*start_, maps_.size(), shape);
    }
    if (mask_) {
        require_same(shape_of(*mask_), shape);
        view_.mask = mask_->data();
    }
}

void register_problem(py::module_& module) {
    using namespace py::literals;
    py::class_<Problem, std::shared_ptr<Problem>>(
        module, "FusionProblem", "Images, weights and options, the same for every solver.")
        .def(py::init(&make_problem), "haadf"_a.noconvert(), "maps"_a.noconvert(), "weights"_a,
             py::kw_only(), "gamma"_a, "lambda_haadf"_a, "lambda_chem"_a, "lambda_tv"_a,
             "background"_a, "threshold"_a, "n_iter_tv"_a, "isotropic"_a, "threads"_a,
             "start"_a.noconvert() = py::none(), "mask"_a.noconvert() = py::none());
}

}  // namespace mmfusion::python
