#include "mmfusion/stop_flag.hpp"

#include <pybind11/pybind11.h>

#include "registrations.hpp"

namespace mmfusion::python {

namespace py = pybind11;

void register_stop_flag(py::module_& module) {
    py::class_<StopFlag, std::shared_ptr<StopFlag>>(
        module, "StopFlag",
        "A request to stop, set by one thread and polled by those that compute.")
        .def(py::init<>())
        .def("set", &StopFlag::set, "Ask the computation to stop at the end of its iteration.")
        .def("clear", &StopFlag::clear, "Withdraw the request.")
        .def("is_set", &StopFlag::is_set, "Whether a stop was requested.");
}

}  // namespace mmfusion::python
