namespace TacHost.Services.Supervision;

/// <summary>Disposes a service that will not start again.</summary>
internal static class ServiceDisposal
{
    public static async Task DisposeAsync(IService service)
    {
        object disposable = service is HostedService hosted ? hosted.Hosted : service;
        try
        {
            if (disposable is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (disposable as IDisposable)?.Dispose();
        }
        catch (Exception e)
        {
            ServiceLog.DisposeFailed(((Service)service).Logger, e, service.ServicePath);
        }
    }
}
