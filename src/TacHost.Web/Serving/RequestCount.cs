using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace TacHost.Web.Serving;

/// <summary>The outermost middleware, which counts the running requests of each connection, so that a stop closes only connections without one.</summary>
internal sealed class RequestCount : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => builder =>
    {
        builder.Use(async (context, answer) =>
        {
            var features = context.Features;
            var input = features.Get<EndableInput>();
            input?.BeginRequest(features);
            try
            {
                await answer(context);
            }
            finally
            {
                input?.EndRequest(features);
            }
        });
        next(builder);
    };
}
