// The table of one level's kernels. Included per level.

namespace mmfusion::MMFUSION_LEVEL {
namespace {

template <bool isotropic, bool nonnegative, bool guided>
inline void fill_dual_steps(DualStepKernel (&table)[2][2]) {
    table[0][0] = dual_step_row<isotropic, nonnegative, false, false, guided>;
    table[0][1] = dual_step_row<isotropic, nonnegative, false, true, guided>;
    table[1][0] = dual_step_row<isotropic, nonnegative, true, false, guided>;
    table[1][1] = dual_step_row<isotropic, nonnegative, true, true, guided>;
}

}  // namespace

RowKernels make_row_kernels() {
    RowKernels table{};
    table.primal[0] = primal_row<false>;
    table.primal[1] = primal_row<true>;
    fill_dual_steps<false, false, false>(table.dual_step[0][0]);
    fill_dual_steps<false, true, false>(table.dual_step[0][1]);
    fill_dual_steps<true, false, false>(table.dual_step[1][0]);
    fill_dual_steps<true, true, false>(table.dual_step[1][1]);
    fill_dual_steps<true, false, true>(table.guided_step[0]);
    fill_dual_steps<true, true, true>(table.guided_step[1]);
    table.turn = turn_row;
    table.gradient_norm[0] = gradient_norm_row<false>;
    table.gradient_norm[1] = gradient_norm_row<true>;
    table.power = power_row;
    table.residual = residual_row;
    table.gradient_step[0][0] = gradient_step_row<false, false>;
    table.gradient_step[0][1] = gradient_step_row<false, true>;
    table.gradient_step[1][0] = gradient_step_row<true, false>;
    table.gradient_step[1][1] = gradient_step_row<true, true>;
    table.extrapolate = extrapolate_row;
    table.normalise = normalise_row;
    table.guided_primal = guided_primal_row;
    table.guided_dual = guided_dual_row;
    table.haadf_dual = haadf_dual_row;
    table.counts_cost = counts_cost_row;
    table.guided_norm = guided_norm_row;
    table.haadf_cost = haadf_cost_row;
    return table;
}

}  // namespace mmfusion::MMFUSION_LEVEL
