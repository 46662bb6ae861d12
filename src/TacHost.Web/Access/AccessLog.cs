using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TacHost.Web.Access;

/// <summary>The middleware that writes a line for each completed request.</summary>
internal static class AccessLog
{
    /// <summary>The logged status if the client closes the connection before the response; the same number as in nginx.</summary>
    private const int ClientWentAway = 499;

    public static RequestDelegate Around(RequestDelegate next, Action<string> write, TimeProvider time) => async context =>
    {
        var received = time.GetUtcNow();
        var inner = context.Features.Get<IHttpResponseBodyFeature>()!;
        CountedBody body = new(inner);
        context.Features.Set<IHttpResponseBodyFeature>(body);
        var failed = true;
        try
        {
            await next(context);
            failed = false;
        }
        finally
        {
            context.Features.Set(inner);
            var status = context.Response.StatusCode;
            if (failed && !context.Response.HasStarted)
                status = context.RequestAborted.IsCancellationRequested ? ClientWentAway : StatusCodes.Status500InternalServerError;
            write(AccessLine.Make(context, received, status, HttpMethods.IsHead(context.Request.Method) ? 0 : body.Count));
        }
    };
}
