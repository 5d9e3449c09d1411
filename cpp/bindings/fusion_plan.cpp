#include "mmfusion/fusion_plan.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <mutex>
#include <tuple>

#include "arrays.hpp"
#include "registrations.hpp"

namespace mmfusion::python {
namespace {

// Image, offset and factor.
using ScaledArray = std::tuple<FloatArray, float, float>;

ScaledImage view_of(const ScaledArray& array, Shape shape) {
    const auto& [image, offset, factor] = array;
    const Shape own = shape_of(image);
    if (own.rows != shape.rows || own.columns != shape.columns) {
        throw std::invalid_argument("all images must have one shape");
    }
    return {image.data(), offset, factor};
}

py::array_t<double> as_array(const std::vector<Costs>& costs) {
    py::array_t<double> result({static_cast<py::ssize_t>(costs.size()), py::ssize_t{3}});
    auto rows = result.mutable_unchecked<2>();
    for (py::ssize_t k = 0; k < rows.shape(0); ++k) {
        const Costs& each = costs[static_cast<std::size_t>(k)];
        rows(k, 0) = each.haadf;
        rows(k, 1) = each.chem;
        rows(k, 2) = each.tv;
    }
    return result;
}

// A plan together with the arrays it reads.
class Plan {
public:
    Plan(ScaledArray haadf, std::vector<ScaledArray> maps, const std::vector<float>& weights,
         const FusionOptions& options)
        : haadf_(std::move(haadf)), maps_(std::move(maps)) {
        const Shape shape = shape_of(std::get<0>(haadf_));
        if (weights.size() != maps_.size()) {
            throw std::invalid_argument("every map needs one weight");
        }
        std::vector<WeightedMap> views;
        views.reserve(maps_.size());
        for (std::size_t map = 0; map < maps_.size(); ++map) {
            views.push_back({view_of(maps_[map], shape), weights[map]});
        }
        const ScaledImage haadf_view = view_of(haadf_, shape);
        // Only memory of arrays that this object holds is touched, here and below.
        const py::gil_scoped_release release;
        plan_ = std::make_unique<FusionPlan>(shape, haadf_view, views, options);
    }

    py::array_t<double> run(int n_iter, const std::shared_ptr<StopFlag>& stop) {
        std::vector<Costs> costs;
        {
            const py::gil_scoped_release release;
            const auto lock = exclusive();
            plan_->run(n_iter, costs, stop.get());
        }
        return as_array(costs);
    }

    py::tuple step() {
        const Shape shape = plan_->shape();
        FloatArray maps({plan_->map_count(), shape.rows, shape.columns});
        FloatArray haadf = new_image(shape);
        float* maps_out = maps.mutable_data();
        float* haadf_out = haadf.mutable_data();
        std::vector<Costs> costs;
        {
            const py::gil_scoped_release release;
            const auto lock = exclusive();
            costs.push_back(plan_->step(maps_out, haadf_out));
        }
        return py::make_tuple(as_array(costs), std::move(maps), std::move(haadf));
    }

    py::tuple finish(int n_iter, const std::shared_ptr<StopFlag>& stop) {
        FloatArray haadf = new_image(plan_->shape());
        float* haadf_out = haadf.mutable_data();
        std::vector<Costs> costs;
        std::shared_ptr<float> maps;
        {
            const py::gil_scoped_release release;
            const auto lock = exclusive();
            maps = plan_->finish(n_iter, costs, stop.get(), haadf_out);
        }
        return py::make_tuple(as_array(costs),
                              adopt(std::move(maps), plan_->map_count(), plan_->shape()),
                              std::move(haadf));
    }

private:
    std::unique_lock<std::mutex> exclusive() {
        std::unique_lock lock(mutex_, std::try_to_lock);
        if (!lock) {
            throw std::invalid_argument("another thread is using this plan; make one for each");
        }
        return lock;
    }

    ScaledArray haadf_;
    std::vector<ScaledArray> maps_;
    std::unique_ptr<FusionPlan> plan_;
    std::mutex mutex_;
};

std::unique_ptr<Plan> make_plan(ScaledArray haadf, std::vector<ScaledArray> maps,
                                const std::vector<float>& weights, float gamma, float lambda_haadf,
                                float lambda_chem, float lambda_tv, float background,
                                float threshold, int n_iter_tv, bool isotropic, int threads) {
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
    return std::make_unique<Plan>(std::move(haadf), std::move(maps), weights, options);
}

}  // namespace

void register_fusion_plan(py::module_& module) {
    using namespace py::literals;
    py::class_<Plan>(module, "FusionPlan",
                     "The tutorial's schedule: memory planned once, then iteration by iteration.")
        .def(py::init(&make_plan), "haadf"_a.noconvert(), "maps"_a.noconvert(), "weights"_a,
             py::kw_only(), "gamma"_a, "lambda_haadf"_a, "lambda_chem"_a, "lambda_tv"_a,
             "background"_a, "threshold"_a, "n_iter_tv"_a, "isotropic"_a, "threads"_a)
        .def("run", &Plan::run, "n_iter"_a, "stop"_a = py::none(),
             "Run up to n_iter iterations; costs of those done, fewer if a stop was asked for.")
        .def("step", &Plan::step, "One iteration: costs (1, 3), maps and HAADF model.")
        .def("finish", &Plan::finish, "n_iter"_a = 0, "stop"_a = py::none(),
             "Run like `run` and end the plan: costs, maps and HAADF model reached.");
}

}  // namespace mmfusion::python
