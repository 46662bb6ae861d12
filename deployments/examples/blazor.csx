// Blazor pages, rendered on the server: curl localhost:10163/haiku. Build their library first: dotnet build Pages -o lib
#:package TacHost.Web
#:project Pages/Pages.csproj
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TacHost.Web;

var application = new Application("pages");
var poems = new Dictionary<string, string> { ["haiku"] = "old pond / a frog leaps in / <water's sound>" };
application.AddService(new WebApplicationService("tcp:10163:interface=localhost",
    builder => builder.Services.AddSingleton<IReadOnlyDictionary<string, string>>(poems).AddRazorComponents(),
    app =>
    {
        app.UseAntiforgery();
        app.MapRazorComponents<Pages.App>();
    }));
