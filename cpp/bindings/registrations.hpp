// One registration per concept; module.cpp calls them all.
#pragma once

#include <pybind11/pybind11.h>

namespace mmfusion::python {

void register_errors(pybind11::module_& module);
void register_build_info(pybind11::module_& module);
void register_tv(pybind11::module_& module);
void register_stop_flag(pybind11::module_& module);
void register_problem(pybind11::module_& module);
void register_solvers(pybind11::module_& module);

}  // namespace mmfusion::python
