#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <mutex>
#include <stdexcept>

#include "arrays.hpp"
#include "mmfusion/converged_plan.hpp"
#include "mmfusion/guided_plan.hpp"
#include "mmfusion/matched_plan.hpp"
#include "mmfusion/solver.hpp"
#include "mmfusion/tutorial_plan.hpp"
#include "problem.hpp"
#include "registrations.hpp"

namespace mmfusion::python {
namespace {

py::array_t<double> as_array(const std::vector<Costs>& costs) {
    py::array_t<double> result({static_cast<py::ssize_t>(costs.size()), py::ssize_t{3}});
    auto rows = result.mutable_unchecked<2>();
    for (py::ssize_t k = 0; k < rows.shape(0); ++k) {
        const Costs& iteration = costs[static_cast<std::size_t>(k)];
        rows(k, 0) = iteration.haadf;
        rows(k, 1) = iteration.chem;
        rows(k, 2) = iteration.tv;
    }
    return result;
}

// A solver together with the arrays it reads.
class BoundSolver {
public:
    // `make` creates the solver of a FusionProblem.
    template <class Make>
    BoundSolver(std::shared_ptr<BoundProblem> problem, Make make) : problem_(std::move(problem)) {
        // Here and below, only memory of arrays that the problem keeps alive is touched.
        const py::gil_scoped_release release;
        solver_ = make(problem_->view());
        require_not_abandoned();
    }

    py::array_t<double> run(int n_iter, const std::shared_ptr<StopFlag>& stop) {
        std::vector<Costs> costs;
        {
            const py::gil_scoped_release release;
            const auto lock = lock_for_this_thread();
            solver_->run(n_iter, costs, stop.get());
            require_not_abandoned();
        }
        return as_array(costs);
    }

    py::tuple step() {
        FloatArray maps({problem().map_count(), problem().shape.rows, problem().shape.columns});
        FloatArray haadf = new_image(problem().shape);
        float* maps_out = maps.mutable_data();
        float* haadf_out = haadf.mutable_data();
        std::vector<Costs> costs;
        {
            const py::gil_scoped_release release;
            const auto lock = lock_for_this_thread();
            costs.push_back(solver_->step(maps_out, haadf_out));
            require_not_abandoned();
        }
        return py::make_tuple(as_array(costs), std::move(maps), std::move(haadf));
    }

    py::tuple finish(int n_iter, const std::shared_ptr<StopFlag>& stop) {
        FloatArray haadf = new_image(problem().shape);
        float* haadf_out = haadf.mutable_data();
        std::vector<Costs> costs;
        std::shared_ptr<float> maps;
        {
            const py::gil_scoped_release release;
            const auto lock = lock_for_this_thread();
            maps = solver_->finish(n_iter, costs, stop.get(), haadf_out);
            require_not_abandoned();
        }
        return py::make_tuple(as_array(costs),
                              adopt(std::move(maps), problem().map_count(), problem().shape),
                              std::move(haadf));
    }

    [[nodiscard]] bool has_settled() const { return solver_->has_settled(); }
    [[nodiscard]] double step_length() const { return solver_->step_length(); }

protected:
    [[nodiscard]] Solver& solver() const { return *solver_; }

    std::unique_lock<std::mutex> lock_for_this_thread() {
        std::unique_lock lock(mutex_, std::try_to_lock);
        if (!lock) {
            throw std::invalid_argument("another thread is using this plan; make one for each");
        }
        return lock;
    }

    [[nodiscard]] const FusionProblem& problem() const { return problem_->view(); }

    // What an abandoned solver has computed must not be seen.
    void require_not_abandoned() const {
        if (problem().options.is_abandoned()) {
            throw std::runtime_error("the fusion was abandoned");
        }
    }

private:
    std::shared_ptr<BoundProblem> problem_;
    std::unique_ptr<Solver> solver_;
    std::mutex mutex_;
};

// The guide, as the core takes it.
GuideView guide_view(const FloatArray& guide, Shape shape) {
    if (guide.ndim() != 3 || guide.shape(0) != 2 || guide.shape(1) != shape.rows ||
        guide.shape(2) != shape.columns) {
        throw std::invalid_argument("a guide must have the shape (2, rows, columns) of the images");
    }
    return {.y = guide.data(), .x = guide.data() + shape.pixels()};
}

class BoundGuidedSolver : public BoundSolver {
public:
    BoundGuidedSolver(std::shared_ptr<BoundProblem> problem, FloatArray guide,
                      const std::vector<GuidedMap>& maps, double tolerance)
        : BoundSolver(std::move(problem),
                      [&](const FusionProblem& view) -> std::unique_ptr<Solver> {
                          return make_guided_plan(view, {.guide = guide_view(guide, view.shape),
                                                         .maps = maps,
                                                         .tolerance = tolerance});
                      }),
          guide_(std::move(guide)) {}

    [[nodiscard]] double gap() const { return guided().gap(); }

    void set_model(const std::vector<float>& weights, float haadf_offset, double tolerance) {
        const auto lock = lock_for_this_thread();
        guided().set_model(weights, haadf_offset, tolerance);
    }

    FloatArray maps() {
        const FusionProblem& problem = guided().problem();
        FloatArray maps({problem.map_count(), problem.shape.rows, problem.shape.columns});
        const auto lock = lock_for_this_thread();
        guided().copy_maps(maps.mutable_data());
        return maps;
    }

private:
    [[nodiscard]] GuidedSolver& guided() const { return static_cast<GuidedSolver&>(solver()); }

    FloatArray guide_;  // which the solver reads
};

class BoundMatchedSolver : public BoundSolver {
public:
    BoundMatchedSolver(std::shared_ptr<BoundProblem> problem, const MatchedTerms& terms)
        : BoundSolver(std::move(problem),
                      [&](const FusionProblem& view) -> std::unique_ptr<Solver> {
                          return make_matched_plan(view, terms);
                      }) {}

    py::object step_unless(const std::shared_ptr<StopFlag>& stop) {
        auto& matched = static_cast<MatchedSolver&>(solver());
        const Shape shape = problem().shape;
        FloatArray maps({problem().map_count(), shape.rows, shape.columns});
        FloatArray haadf = new_image(shape);
        float* maps_out = maps.mutable_data();
        float* haadf_out = haadf.mutable_data();
        Costs costs;
        bool is_complete = false;
        {
            const py::gil_scoped_release release;
            const auto lock = lock_for_this_thread();
            is_complete = matched.step(stop.get(), costs, maps_out, haadf_out);
            require_not_abandoned();
        }
        if (!is_complete) {
            return py::none();
        }
        return py::make_tuple(as_array({costs}), std::move(maps), std::move(haadf));
    }
};

std::unique_ptr<BoundGuidedSolver> bind_guided_plan(
    std::shared_ptr<BoundProblem> problem, FloatArray guide,
    const std::vector<std::tuple<float, float, float>>& maps, double tolerance) {
    std::vector<GuidedMap> terms;
    terms.reserve(maps.size());
    for (const auto& [dose, background, largest] : maps) {
        terms.push_back({.dose = dose, .background = background, .largest = largest});
    }
    return std::make_unique<BoundGuidedSolver>(std::move(problem), std::move(guide), terms,
                                               tolerance);
}

}  // namespace

void register_solvers(py::module_& module) {
    using namespace py::literals;
    py::class_<BoundSolver>(module, "Solver",
                            "A solver with the memory of one fusion; `make_...` creates one.")
        .def("run", &BoundSolver::run, "n_iter"_a, "stop"_a = py::none(),
             "Run up to n_iter iterations; return the costs of those done.")
        .def("step", &BoundSolver::step, "Run one iteration; return costs (1, 3), maps and HAADF.")
        .def("finish", &BoundSolver::finish, "n_iter"_a = 0, "stop"_a = py::none(),
             "Run like `run`; return costs, maps and HAADF model. No iteration can follow.")
        .def_property_readonly("has_settled", &BoundSolver::has_settled,
                               "Whether further iterations would gain nothing.")
        .def_property_readonly("step_length", &BoundSolver::step_length,
                               "Length of the next gradient step.");
    py::class_<BoundGuidedSolver, BoundSolver>(module, "GuidedSolver",
                                               "The guided solver, by its duality gap.")
        .def("set_model", &BoundGuidedSolver::set_model, "weights"_a, "haadf_offset"_a,
             "tolerance"_a,
             "Replace the weights, the offset subtracted from the measured HAADF image, and the"
             " tolerance.")
        .def("maps", &BoundGuidedSolver::maps, "A copy of the present maps.")
        .def_property_readonly("gap", &BoundGuidedSolver::gap,
                               "Duality gap as a part of the objective; infinite at the start.");
    py::class_<BoundMatchedSolver, BoundSolver>(module, "MatchedSolver",
                                                "The matched solver, whose iterations are long.")
        .def("step_unless", &BoundMatchedSolver::step_unless, "stop"_a,
             "Run one iteration like `step`; None if it ended early since `stop` was set.");
    module.def(
        "make_guided_plan", &bind_guided_plan, "problem"_a, "guide"_a.noconvert(), "maps"_a,
        "tolerance"_a,
        "Create the guided solver; `maps` holds dose, background and largest value of each.");
    module.def(
        "make_matched_plan",
        [](std::shared_ptr<BoundProblem> problem, std::vector<float> counts, float haadf_counts,
           float haadf_dark, float strength) {
            const MatchedTerms terms{.counts = std::move(counts),
                                     .haadf_counts = haadf_counts,
                                     .haadf_dark = haadf_dark,
                                     .strength = strength};
            return std::make_unique<BoundMatchedSolver>(std::move(problem), terms);
        },
        "problem"_a, "counts"_a, "haadf_counts"_a, "haadf_dark"_a, "strength"_a,
        "Create the matched solver; `counts` holds those that one unit of each map makes.");
    module.def(
        "make_tutorial_plan",
        [](std::shared_ptr<BoundProblem> problem) {
            return std::make_unique<BoundSolver>(std::move(problem), &make_tutorial_plan);
        },
        "problem"_a, "Create the tutorial's schedule.");
    module.def(
        "make_converged_plan",
        [](std::shared_ptr<BoundProblem> problem, double tolerance) {
            const auto make = [tolerance](const FusionProblem& view) {
                return make_converged_plan(view, tolerance);
            };
            return std::make_unique<BoundSolver>(std::move(problem), make);
        },
        "problem"_a, "tolerance"_a,
        "Create the converged solver, monotone accelerated proximal gradient.");
}

}  // namespace mmfusion::python
