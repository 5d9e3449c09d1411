#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <mutex>

#include "arrays.hpp"
#include "mmfusion/converged_plan.hpp"
#include "mmfusion/tutorial_plan.hpp"
#include "problem.hpp"
#include "registrations.hpp"

namespace mmfusion::python {
namespace {

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

// A solver of the core together with the problem it reads.
template <class Core>
class Plan {
public:
    template <class... Arguments>
    explicit Plan(std::shared_ptr<Problem> problem, Arguments... arguments)
        : problem_(std::move(problem)) {
        // Only memory of arrays that the problem holds is touched, here and below.
        const py::gil_scoped_release release;
        core_ = std::make_unique<Core>(problem_->view(), arguments...);
    }

    py::array_t<double> run(int n_iter, const std::shared_ptr<StopFlag>& stop) {
        std::vector<Costs> costs;
        {
            const py::gil_scoped_release release;
            const auto lock = exclusive();
            core_->run(n_iter, costs, stop.get());
        }
        return as_array(costs);
    }

    py::tuple step() {
        const Shape shape = core_->shape();
        FloatArray maps({core_->map_count(), shape.rows, shape.columns});
        FloatArray haadf = new_image(shape);
        float* maps_out = maps.mutable_data();
        float* haadf_out = haadf.mutable_data();
        std::vector<Costs> costs;
        {
            const py::gil_scoped_release release;
            const auto lock = exclusive();
            costs.push_back(core_->step(maps_out, haadf_out));
        }
        return py::make_tuple(as_array(costs), std::move(maps), std::move(haadf));
    }

    py::tuple finish(int n_iter, const std::shared_ptr<StopFlag>& stop) {
        FloatArray haadf = new_image(core_->shape());
        float* haadf_out = haadf.mutable_data();
        std::vector<Costs> costs;
        std::shared_ptr<float> maps;
        {
            const py::gil_scoped_release release;
            const auto lock = exclusive();
            maps = core_->finish(n_iter, costs, stop.get(), haadf_out);
        }
        return py::make_tuple(as_array(costs),
                              adopt(std::move(maps), core_->map_count(), core_->shape()),
                              std::move(haadf));
    }

    [[nodiscard]] const Core& core() const { return *core_; }

private:
    std::unique_lock<std::mutex> exclusive() {
        std::unique_lock lock(mutex_, std::try_to_lock);
        if (!lock) {
            throw std::invalid_argument("another thread is using this plan; make one for each");
        }
        return lock;
    }

    std::shared_ptr<Problem> problem_;
    std::unique_ptr<Core> core_;
    std::mutex mutex_;
};

template <class Core>
py::class_<Plan<Core>> register_plan(py::module_& module, const char* name, const char* help) {
    using namespace py::literals;
    return py::class_<Plan<Core>>(module, name, help)
        .def("run", &Plan<Core>::run, "n_iter"_a, "stop"_a = py::none(),
             "Run up to n_iter iterations; costs of those done, fewer if a stop was asked for.")
        .def("step", &Plan<Core>::step, "One iteration: costs (1, 3), maps and HAADF model.")
        .def("finish", &Plan<Core>::finish, "n_iter"_a = 0, "stop"_a = py::none(),
             "Run like `run` and end the plan: costs, maps and HAADF model reached.");
}

}  // namespace

void register_plans(py::module_& module) {
    using namespace py::literals;
    register_plan<TutorialPlan>(
        module, "TutorialPlan",
        "The tutorial's schedule: memory planned once, then iteration by iteration.")
        .def(py::init<std::shared_ptr<Problem>>(), "problem"_a);
    register_plan<ConvergedPlan>(module, "ConvergedPlan",
                                 "The converged solver: monotone accelerated proximal gradient.")
        .def(py::init<std::shared_ptr<Problem>, double>(), "problem"_a, "tolerance"_a)
        .def_property_readonly(
            "has_settled",
            [](const Plan<ConvergedPlan>& plan) { return plan.core().has_settled(); })
        .def_property_readonly("step_length", [](const Plan<ConvergedPlan>& plan) {
            return plan.core().step_length();
        });
}

}  // namespace mmfusion::python
