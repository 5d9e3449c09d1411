#include "data_terms.hpp"

namespace mmfusion {

DataTerms::DataTerms(const FusionProblem& problem, std::int64_t most_columns)
    : problem_(problem),
      kernels_(row_kernels()),
      powers_(problem.map_count(), most_columns),
      model_(1, most_columns),
      residual_(1, most_columns),
      unwanted_(1, most_columns) {}

const float* DataTerms::model(const RowOfMaps& row) {
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        PowerRow power{};
        power.map = row.maps[static_cast<std::size_t>(map)];
        power.power = powers_.row(map);
        power.model = model_.row(0);
        power.columns = row.columns;
        power.gamma = problem_.options.gamma;
        power.weight = problem_.maps[static_cast<std::size_t>(map)].weight;
        power.first = map == 0;
        kernels_.power(power);
    }
    return model_.row(0);
}

double DataTerms::residual(const RowOfMaps& row) {
    ResidualRow residual{};
    residual.model = model_.row(0);
    residual.haadf = problem_.haadf.data + row.start;
    residual.residual = residual_.row(0);
    residual.columns = row.columns;
    residual.offset = problem_.haadf.offset;
    residual.factor = problem_.haadf.factor;
    return 0.5 * kernels_.residual(residual);
}

double DataTerms::gradient_step(const RowOfMaps& row, std::int64_t map, float length, bool clip,
                                float* next) {
    const FusionOptions& options = problem_.options;
    const WeightedMap& measured = problem_.maps[static_cast<std::size_t>(map)];
    const bool masked = problem_.mask != nullptr;
    GradientStepRow step{};
    step.map = row.maps[static_cast<std::size_t>(map)];
    step.power = powers_.row(map);
    step.residual = residual_.row(0);
    step.measured = measured.image.data + row.start;
    step.mask = masked ? problem_.mask + row.start : nullptr;
    step.next = next;
    step.columns = row.columns;
    step.offset = measured.image.offset;
    step.factor = measured.image.factor;
    step.haadf_step = length * (options.lambda_haadf * options.gamma * measured.weight);
    step.chem_step = length * options.lambda_chem;
    step.background = options.background;
    return kernels_.gradient_step[static_cast<std::size_t>(clip)][static_cast<std::size_t>(masked)](
        step);
}

double DataTerms::chem(const RowOfMaps& row, std::int64_t map) {
    return gradient_step(row, map, 1.0F, true, unwanted_.row(0));
}

}  // namespace mmfusion
