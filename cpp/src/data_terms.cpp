#include "data_terms.hpp"

namespace mmfusion {

DataTerms::DataTerms(const FusionProblem& problem, std::int64_t most_columns)
    : problem_(problem),
      kernels_(row_kernels()),
      powers_(problem.map_count(), most_columns),
      model_(1, most_columns),
      residual_(1, most_columns),
      discarded_(1, most_columns) {}

const float* DataTerms::model(const RowOfMaps& row) {
    for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
        const auto at = static_cast<std::size_t>(map);
        kernels_.power({.map = row.maps[at],
                        .power = powers_.row(map),
                        .model = model_.row(0),
                        .columns = row.columns,
                        .gamma = problem_.options.gamma,
                        .weight = problem_.maps[at].weight,
                        .first = map == 0});
    }
    return model_.row(0);
}

double DataTerms::residual(const RowOfMaps& row) {
    return 0.5 * kernels_.residual({.model = model_.row(0),
                                    .haadf = problem_.haadf.data + row.start,
                                    .residual = residual_.row(0),
                                    .columns = row.columns,
                                    .offset = problem_.haadf.offset,
                                    .factor = problem_.haadf.factor});
}

double DataTerms::gradient_step(const RowOfMaps& row, std::int64_t map, float length, bool clip,
                                float* next) {
    const auto at = static_cast<std::size_t>(map);
    const FusionOptions& options = problem_.options;
    const WeightedMap& measured = problem_.maps[at];
    const bool masked = problem_.mask != nullptr;
    const GradientStepKernel kernel =
        kernels_.gradient_step[static_cast<std::size_t>(clip)][static_cast<std::size_t>(masked)];
    return kernel({.map = row.maps[at],
                   .power = powers_.row(map),
                   .residual = residual_.row(0),
                   .measured = measured.image.data + row.start,
                   .mask = masked ? problem_.mask + row.start : nullptr,
                   .next = next,
                   .columns = row.columns,
                   .offset = measured.image.offset,
                   .factor = measured.image.factor,
                   .haadf_step = length * (options.lambda_haadf * options.gamma * measured.weight),
                   .chem_step = length * options.lambda_chem,
                   .background = options.background});
}

double DataTerms::chem(const RowOfMaps& row, std::int64_t map) {
    return gradient_step(row, map, 1.0F, true, discarded_.row(0));
}

}  // namespace mmfusion
