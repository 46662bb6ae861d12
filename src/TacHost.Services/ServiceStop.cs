namespace TacHost.Services;

/// <summary>The calls of a stop. A failure of one does not keep the other from being made.</summary>
internal static class ServiceStop
{
    /// <returns>The exception, or null.</returns>
    public static async Task<Exception?> RunAsync(Service service, ServiceBody? body, CancellationToken cancellationToken)
    {
        List<Exception> failures = [];
        var isOutermost = service.Parent is not MultiService { IsStopping: true };
        if (isOutermost)
            await TryAsync(service.BeforeStopAsync);
        if (body is not null)
            await TryAsync(body.EndAsync);
        await TryAsync(service.StopCoreAsync);
        if (isOutermost)
            await TryAsync(service.AfterStopAsync);
        return failures.Count switch { 0 => null, 1 => failures[0], _ => new AggregateException(failures) };

        async Task TryAsync(Func<CancellationToken, Task> stopAsync)
        {
            try
            {
                await stopAsync(cancellationToken);
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }
    }
}
