using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TacHost.Dashboard.Access;
using TacHost.Dashboard.Operations;
using TacHost.Dashboard.Pages;
using TacHost.Dashboard.Watching;

namespace TacHost.Dashboard;

/// <summary>Answers allowed requests. GET and HEAD only read. POST alone changes anything.</summary>
/// <param name="watcher">The watcher of all processes.</param>
/// <param name="logger">Gets a line for each operation.</param>
internal sealed class Routes(Watcher watcher, ILogger logger)
{
    private readonly CrossSite _crossSite = new();

    /// <summary>Answers a request.</summary>
    public Task AnswerAsync(HttpContext context, CancellationToken cancellationToken) => (context.Request.Method, context.Request.Path.Value) switch
    {
        ("GET" or "HEAD", var path) => GetAsync(context, path ?? "", cancellationToken),
        ("POST", "/act") => ActAsync(context, cancellationToken),
        _ => Responses.RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "There is nothing to send here."),
    };

    private async Task GetAsync(HttpContext context, string path, CancellationToken cancellationToken)
    {
        switch (path)
        {
            case "/" or "/application":
                await ShowAsync(context, path == "/" ? new View(null, "") : View.Of(context.Request.Query), cancellationToken);
                break;
            case "/events" when HttpMethods.IsGet(context.Request.Method):
                await EventStream.SendAsync(context, watcher, cancellationToken);
                break;
            case "/deployment":
                await ShowDeploymentAsync(context, cancellationToken);
                break;
            case "/history":
                await ShowHistoryAsync(context, cancellationToken);
                break;
            default:
                if (!await Assets.SendAsync(context, path, cancellationToken))
                    await NotFoundAsync(context, "There is no such page.");
                break;
        }
    }

    private async Task ShowAsync(HttpContext context, View view, CancellationToken cancellationToken)
    {
        var snapshot = await watcher.NowAsync(cancellationToken);
        var forms = Html.Empty;
        if (view.Process is { } process)
        {
            if (snapshot.Find(process, view.Application) is var (found, _))
                forms = new Forms(_crossSite.Field).Of(found, view.Application, context.Request.Query["service"].ToString(), snapshot.FindUnit(process));
            else
                context.Response.StatusCode = StatusCodes.Status404NotFound;
        }

        await Responses.SendAsync(context, Page.Of(view, snapshot, watcher, forms), cancellationToken);
    }

    private async Task ShowDeploymentAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var snapshot = await watcher.NowAsync(cancellationToken);
        _ = int.TryParse(context.Request.Query["emperor"], NumberStyles.None, CultureInfo.InvariantCulture, out var emperor);
        if (snapshot.Processes.FirstOrDefault(each => each.Id == emperor)?.Fleet?.Units.FirstOrDefault(each => each.Name == context.Request.Query["name"].ToString()) is not { } unit)
        {
            await NotFoundAsync(context, "There is no such deployment.");
            return;
        }

        var applications = snapshot.Processes.Where(each => each.Id == unit.Pid).SelectMany(each => each.Applications.Select(application => (each.Id, application.Name ?? "")));
        await Responses.SendAsync(context, DetailPages.OfUnit(emperor, unit, applications, new Forms(_crossSite.Field)), cancellationToken);
    }

    private async Task ShowHistoryAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var view = View.Of(context.Request.Query);
        if (view.Process is not { } process || (await watcher.NowAsync(cancellationToken)).Find(process, view.Application) is null)
        {
            await NotFoundAsync(context, "This application does not run.");
            return;
        }

        try
        {
            var history = await OperationRunner.HistoryAsync(process, view.Application);
            await Responses.SendAsync(context, DetailPages.OfHistory(view, history, new Forms(_crossSite.Field)), cancellationToken);
        }
        catch (TacHostException e)
        {
            await Responses.RefuseAsync(context, StatusCodes.Status502BadGateway, e.Message);
        }
    }

    private async Task ActAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType || !CrossSite.IsSameOrigin(context.Request))
        {
            DashboardLog.CrossSite(logger, "it comes from another origin");
            await Responses.RefuseAsync(context, StatusCodes.Status403Forbidden, "This is not a form of this page.");
            return;
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        if (!_crossSite.IsOwn(form))
        {
            DashboardLog.CrossSite(logger, "it lacks the secret of this page");
            await Responses.RefuseAsync(context, StatusCodes.Status403Forbidden, "This form is from an earlier start of the page. Go back, and load the page again.");
            return;
        }

        if (Operation.Of(form) is not { } operation)
        {
            await Responses.RefuseAsync(context, StatusCodes.Status400BadRequest, "The form is not complete.");
            return;
        }

        var outcome = await OperationRunner.RunAsync(operation, logger, cancellationToken);
        context.Response.StatusCode = outcome.Succeeded ? StatusCodes.Status200OK : StatusCodes.Status409Conflict;
        await Responses.SendAsync(context, DetailPages.OfOutcome(operation, outcome, await BackAsync(operation, cancellationToken), new Forms(_crossSite.Field)), cancellationToken);
    }

    /// <summary>Returns the address of the page that an operation was asked for on, or of the first page.</summary>
    private async Task<string> BackAsync(Operation operation, CancellationToken cancellationToken)
    {
        if (operation.Verb.StartsWith("fleet-", StringComparison.Ordinal))
            return FleetSection.LinkOf(operation.Process, operation.Name);
        var snapshot = await watcher.NowAsync(cancellationToken);
        var application = operation.Verb.StartsWith("service-", StringComparison.Ordinal) ? operation.Name.Split('/')[0] : operation.Name;
        return snapshot.Find(operation.Process, application) is null ? "/" : View.Link(operation.Process, application, application == operation.Name ? null : operation.Name);
    }

    private static Task NotFoundAsync(HttpContext context, string reason) => Responses.RefuseAsync(context, StatusCodes.Status404NotFound, reason);
}
