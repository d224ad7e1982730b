using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nura.Hosting.Dashboard.Access;

namespace Nura.Hosting.Dashboard.Resources;

/// <summary>Runs what the buttons of a resource stand for.</summary>
internal sealed class CommandEndpoints(ResourceFeed feed, Gate gate, ResourceCommandService commands)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/commands", async (HttpContext context) =>
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (!gate.AllowsCommand(context, form["form"]))
        {
            return Results.Text("This page is from before the AppHost's restart. Reload it and try again.", statusCode: StatusCodes.Status403Forbidden);
        }

        var (id, command) = (form["resource"].ToString(), form["command"].ToString());
        if (feed.Find(id)?.Commands.FirstOrDefault(known => known.Name == command) is not { } known)
        {
            return Results.Text("There is no such resource or command.", statusCode: StatusCodes.Status404NotFound);
        }

        if (known.State != ResourceCommandState.Enabled)
        {
            return Results.Text($"{known.DisplayName} is not possible in the present state.", statusCode: StatusCodes.Status409Conflict);
        }

        // Not bound to the request: a browser that goes away must not leave a resource half stopped.
        var result = await commands.ExecuteCommandAsync(id, command, CancellationToken.None);
        return !result.Success ? Results.Text(result.ErrorMessage ?? "The command failed; the console says more.", statusCode: StatusCodes.Status422UnprocessableEntity)
            : context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase) ? Results.LocalRedirect($"/resources/{id}")
            : Results.NoContent();
    });
}
