using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;

namespace TacHost.Web.Serving;

/// <summary>The application that receives requests from Kestrel. Creates a context for a request, and reuses it for the next request of the connection.</summary>
internal sealed class RequestApplication(RequestDelegate handler, IServiceProvider services, ILogger logger) : IHttpApplication<DefaultHttpContext>
{
    private readonly IServiceScopeFactory? _scopes = services.GetService(typeof(IServiceScopeFactory)) as IServiceScopeFactory;
    private readonly LogLimit _lines = new();

    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        contextFeatures.Get<EndableInput>()?.BeginRequest(contextFeatures);
        var container = contextFeatures as IHostContextContainer<DefaultHttpContext>;
        var context = container?.HostContext ?? new DefaultHttpContext(contextFeatures);
        container?.HostContext = context;
        context.Initialize(contextFeatures);
        context.ServiceScopeFactory = _scopes!;
        if (_scopes is null)
            context.RequestServices = services;
        return context;
    }

    public async Task ProcessRequestAsync(DefaultHttpContext context)
    {
        try
        {
            await handler(context);
        }
        catch (BadHttpRequestException e)
        {
            // A client error, for which a stack trace in the log would not be helpful.
            _lines.Write(more => WebLog.BadRequest(logger, context.Connection.RemoteIpAddress, e.Message, more));
            if (context.Response.HasStarted)
                context.Abort();
            else
                Answer(context, e.StatusCode);
        }
        catch (Exception e) when ((e is ConnectionResetException or ConnectionAbortedException) || (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested))
        {
            _lines.Write(more => WebLog.ClientLeft(logger, context.Connection.RemoteIpAddress, e.Message, more));
            context.Abort();
        }
    }

    public void DisposeContext(DefaultHttpContext context, Exception? exception)
    {
        context.Features.Get<EndableInput>()?.EndRequest(context.Features);
        context.Uninitialize();
    }

    private static void Answer(DefaultHttpContext context, int statusCode)
    {
        context.Response.Clear();
        context.Response.StatusCode = statusCode;
        context.Response.Headers.Connection = "close";
    }
}
