// A room by SignalR: connect a client to http://localhost:10161/room
#:package TacHost.Web
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using TacHost.Web;

var application = new Application("room");
application.AddService(new WebApplicationService("tcp:10161:interface=localhost",
    builder => builder.Services.AddSignalR(),
    app => app.MapHub<Room>("/room")));

public class Room : Hub
{
    public Task Say(string text) => Clients.All.SendAsync("Said", text);
}
