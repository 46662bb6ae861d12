// One poem, by TCP and by HTTP: nc localhost 10111, and curl localhost:10110/poem
#:package FastPoetry.Services
#:package TacHost.Web
using FastPoetry.Services;
using Microsoft.AspNetCore.Builder;
using TacHost.Web;

var application = new Application("api");
var poetry = new PoetryService("poetry/ecstasy.txt");
application.AddService(poetry);
application.AddService(new StreamServer("tcp:10111:interface=localhost", new PoetryFactory(poetry)));
application.AddService(new WebApplicationService("tcp:10110:interface=localhost", app =>
    app.MapGet("/poem", () => new { Title = "ecstasy", Text = Encoding.UTF8.GetString(poetry.Poem.Span) })));
