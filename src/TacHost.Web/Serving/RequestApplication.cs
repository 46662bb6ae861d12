using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace TacHost.Web.Serving;

/// <summary>What Kestrel hands requests to: makes a context of each, and keeps that for the next request of the connection.</summary>
internal sealed class RequestApplication(RequestDelegate handler, IServiceProvider services) : IHttpApplication<DefaultHttpContext>
{
    private readonly IServiceScopeFactory? _scopes = services.GetService(typeof(IServiceScopeFactory)) as IServiceScopeFactory;

    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        var container = contextFeatures as IHostContextContainer<DefaultHttpContext>;
        var context = container?.HostContext ?? new DefaultHttpContext(contextFeatures);
        container?.HostContext = context;
        context.Initialize(contextFeatures);
        context.ServiceScopeFactory = _scopes!;
        if (_scopes is null)
            context.RequestServices = services;
        return context;
    }

    public Task ProcessRequestAsync(DefaultHttpContext context) => handler(context);

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
