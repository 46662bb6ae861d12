// Answers each message of a web socket with the same message: ws://localhost:10160/
#:package TacHost.Web
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using TacHost.Web;

var application = new Application("echo");
application.AddService(new WebApplicationService("tcp:10160:interface=localhost", app =>
    app.UseWebSockets().Run(context => EchoAsync(context, app.Lifetime.ApplicationStopping))));

async Task EchoAsync(HttpContext context, CancellationToken stopping)
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
        return;
    }

    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    using var goodbye = stopping.Register(() => socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "the server stops", CancellationToken.None));
    var buffer = new byte[4096];
    while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } part && !stopping.IsCancellationRequested)
        await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
    if (socket.State == WebSocketState.CloseReceived)
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
}
