using TacHost.Services;

namespace TacHost;

/// <summary>A failure of the top level of a tac file.</summary>
/// <param name="failure">The failure as it is reported.</param>
/// <param name="applications">The applications in its global variables, whose loggers may hold lines about the cause.</param>
internal sealed class EvaluationException(TacHostException failure, IReadOnlyList<Application> applications) : TacHostException(failure.ExitCode, failure.Message, failure.InnerException)
{
    public IReadOnlyList<Application> Applications => applications;
}
