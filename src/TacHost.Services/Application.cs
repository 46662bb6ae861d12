using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TacHost.Services;

/// <summary>The root of a deployment's tree, and what the process that runs it should be.</summary>
/// <remarks>
/// A tac file leaves one in its global named <c>application</c>. Everything that is shared by a whole tree belongs to it, so that
/// several applications can live in one process. Ported from <c>twisted.application.service.Application</c>.
/// </remarks>
public sealed class Application : MultiService
{
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes an application without services.</summary>
    /// <param name="name">Its name, the first part of every path and log category in its tree.</param>
    public Application(string name) => SetName(name);

    /// <summary>Makes the loggers of the whole tree. Set by the host before the start. Defaults to one that logs nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>The user id that the process gives up root for once everything has bound its ports; files that services make before are given to it. Defaults to null: the process keeps the one it has.</summary>
    public int? Uid { get; set; }

    /// <summary>The group id that the process gives up root for, as for <see cref="Uid"/>. Defaults to null: the process keeps the one it has.</summary>
    public int? Gid { get; set; }

    /// <summary>The exit code of the process when it has run and stopped as asked. A service may set it at any time. Defaults to 0.</summary>
    public int ExitCode { get; set; }

    /// <summary>Fails with <see cref="ServiceFailedException"/> when a running service has failed and no collection on the way up has dealt with it; otherwise never ends.</summary>
    public Task Failed => _failed.Task;

    /// <inheritdoc/>
    protected override void OnServiceFailed(IService service, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(service);
        _failed.TrySetException(new ServiceFailedException(service.Path, failure));
    }
}
